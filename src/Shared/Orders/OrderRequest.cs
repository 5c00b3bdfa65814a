namespace ServerlessScale.Shared.Orders;

/// <summary>What a customer wants to order: the body of <c>POST /api/orders</c>, before <see cref="OrderRules"/> has seen it.</summary>
public sealed record OrderRequest
{
    public required string Currency { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }
}
