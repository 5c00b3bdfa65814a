using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>A cart as it is stored.</summary>
public sealed record ShoppingCart
{
    public required CartStage Stage { get; init; }

    /// <summary>ISO 4217 alphabetic code; null without lines.</summary>
    public string? Currency { get; init; }

    /// <summary>In the order in which their skus came; empty unless the cart is open.</summary>
    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>One more with each write, so that no two states of a cart are the same.</summary>
    public required int Version { get; init; }

    /// <summary>UTC, whole milliseconds; from then on it is not there.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Of this cart; when it is open, of the one before it, whose client got this one.</summary>
    public CartCheckout? Checkout { get; init; }

    /// <summary>What a client without a session has.</summary>
    public static ShoppingCart Empty { get; } =
        new() { Stage = CartStage.Open, Lines = [], Version = 0, ExpiresAt = DateTimeOffset.MinValue };
}
