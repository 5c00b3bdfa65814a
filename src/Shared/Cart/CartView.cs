using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>A cart as its client sees it.</summary>
public sealed record CartView
{
    /// <summary>Left out without lines.</summary>
    public string? Currency { get; init; }

    /// <summary>In minor units: the sum of quantity times unit price.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public static CartView Of(ShoppingCart cart) => new()
    {
        Currency = cart.Currency,
        // The rules let no cart get a total that cannot be counted.
        Total = OrderRules.TotalOf(cart.Lines) ?? throw new InvalidDataException("The cart's total is out of bounds."),
        Lines = cart.Lines,
    };
}
