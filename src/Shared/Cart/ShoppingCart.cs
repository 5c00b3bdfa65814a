using System.Text.Json.Serialization;
namespace ServerlessScale.Shared.Cart;

/// <summary>A cart in its stored form.</summary>
public sealed record ShoppingCart
{
    public required CartStage Stage { get; init; }

    /// <summary>The lines in the order in which their SKUs were added. Empty unless the cart is open.</summary>
    public required IReadOnlyList<CartLine> Lines { get; init; }

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

/// <summary>A line of a cart. Its price is in the catalogue until the checkout freezes the cart.</summary>
/// <param name="Quantity">The quantity, within the limits that <see cref="Orders.OrderRules"/> defines.</param>
public sealed record CartLine(string Sku, long Quantity);

/// <summary>Serializes stored carts as JSON with camelCase names and without null members.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ShoppingCart))]
internal sealed partial class CartJson : JsonSerializerContext;
