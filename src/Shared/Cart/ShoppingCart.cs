using System.Text.Json.Serialization;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>A cart as the stores keep it.</summary>
public sealed record ShoppingCart
{
    public required CartStage Stage { get; init; }

    /// <summary>ISO 4217 alphabetic code; null when the cart has no lines.</summary>
    public string? Currency { get; init; }

    /// <summary>In the order in which the skus were added; empty unless the cart is open.</summary>
    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>One more with each write, so that no two states of a cart are equal.</summary>
    public required int Version { get; init; }

    /// <summary>UTC, in whole milliseconds. From this time on the cart does not exist.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// The checkout of this cart. In an open cart, the checkout of the customer's previous cart, after which this cart's session was
    /// issued.
    /// </summary>
    public CartCheckout? Checkout { get; init; }

    /// <summary>The cart of a client without a session.</summary>
    public static ShoppingCart Empty { get; } =
        new() { Stage = CartStage.Open, Lines = [], Version = 0, ExpiresAt = DateTimeOffset.MinValue };
}

[JsonConverter(typeof(JsonStringEnumConverter<CartStage>))]
public enum CartStage
{
    /// <summary>Lines can be changed.</summary>
    [JsonStringEnumMemberName("Open")]
    Open,

    /// <summary>The lines are frozen and are being ordered. Every request that finds the cart in this stage finishes the checkout.</summary>
    [JsonStringEnumMemberName("CheckingOut")]
    CheckingOut,

    /// <summary>The cart was ordered. It is kept so that repeated checkouts get the same order.</summary>
    [JsonStringEnumMemberName("CheckedOut")]
    CheckedOut,
}

/// <summary>A cart as its client sees it.</summary>
public sealed record CartView
{
    /// <summary>Left out when the cart has no lines.</summary>
    public string? Currency { get; init; }

    /// <summary>The sum of quantity times unit price over all lines, in minor units.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public static CartView Of(ShoppingCart cart) => new()
    {
        Currency = cart.Currency,
        // CartRules.SetLine refuses every line that would make the total too large.
        Total = OrderRules.TotalOf(cart.Lines) ?? throw new InvalidDataException("The cart's total exceeds the limit."),
        Lines = cart.Lines,
    };
}

/// <summary>Carts as the stores keep them: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ShoppingCart))]
internal sealed partial class CartJson : JsonSerializerContext;
