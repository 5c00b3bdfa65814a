namespace ServerlessScale.Shared.Orders;

/// <summary>An order as clients and webhook receivers see it.</summary>
public sealed record OrderView
{
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    public required OrderStatus Status { get; init; }

    /// <summary><c>yyyy-MM</c>, UTC.</summary>
    public required string Month { get; init; }

    public required string Currency { get; init; }

    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public static OrderView Of(Order order) => new()
    {
        Id = order.Id,
        CustomerId = order.CustomerId,
        Status = order.Status,
        Month = OrderMonth.Of(order.CreatedAt).ToString(),
        Currency = order.Currency,
        Total = order.Total,
        Lines = order.Lines,
        CreatedAt = order.CreatedAt,
        UpdatedAt = order.UpdatedAt,
    };
}
