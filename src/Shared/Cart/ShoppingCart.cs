using System.Text.Json.Serialization;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>A cart in its stored form.</summary>
public sealed record ShoppingCart
{
    public required CartStage Stage { get; init; }

    /// <summary>The ISO 4217 alphabetic code. Null when the cart has no lines.</summary>
    public string? Currency { get; init; }

    /// <summary>The lines in the order in which their SKUs were added. Empty unless the cart is open.</summary>
    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>A number that increases by one with each write. It ensures that no two states of a cart are equal.</summary>
    public required int Version { get; init; }

    /// <summary>The expiry in UTC, in whole milliseconds. At and after this time, reads find no cart.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// The checkout of this cart. In an open cart, this is the checkout of the client's previous cart, if that checkout issued this cart's
    /// session. Null when there is no such checkout.
    /// </summary>
    public CartCheckout? Checkout { get; init; }

    /// <summary>The cart of a client without a session.</summary>
    public static ShoppingCart Empty { get; } =
        new() { Stage = CartStage.Open, Lines = [], Version = 0, ExpiresAt = DateTimeOffset.MinValue };
}

[JsonConverter(typeof(JsonStringEnumConverter<CartStage>))]
public enum CartStage
{
    /// <summary>The lines can be changed.</summary>
    [JsonStringEnumMemberName("Open")]
    Open,

    /// <summary>The lines are frozen and are being ordered. Every request that finds the cart in this stage finishes the checkout.</summary>
    [JsonStringEnumMemberName("CheckingOut")]
    CheckingOut,

    /// <summary>The cart was ordered. It is retained so that a repeated checkout returns the same order.</summary>
    [JsonStringEnumMemberName("CheckedOut")]
    CheckedOut,
}

/// <summary>A cart as it is returned to clients.</summary>
public sealed record CartView
{
    /// <summary>Omitted from the JSON when the cart has no lines.</summary>
    public string? Currency { get; init; }

    /// <summary>The sum of quantity times unit price over all lines, in minor units.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public static CartView Of(ShoppingCart cart) => new()
    {
        Currency = cart.Currency,
        // CartRules.SetLine rejects every line that would make the total too large.
        Total = OrderRules.TotalOf(cart.Lines) ?? throw new InvalidDataException("The cart's total exceeds the limit."),
        Lines = cart.Lines,
    };
}

/// <summary>Serializes stored carts as JSON with camelCase names and without null members.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ShoppingCart))]
internal sealed partial class CartJson : JsonSerializerContext;
