namespace ServerlessScale.Shared.Orders;

/// <summary>One position of an order; its limits are in <see cref="OrderRules"/>.</summary>
public sealed record OrderLine
{
    public required string Sku { get; init; }

    public required long Quantity { get; init; }

    /// <summary>In minor units of the order's currency.</summary>
    public required long UnitPrice { get; init; }
}
