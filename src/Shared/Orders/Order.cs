namespace ServerlessScale.Shared.Orders;

/// <summary>An order as it is stored.</summary>
public sealed record Order
{
    /// <summary>See <see cref="OrderId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    public required OrderStatus Status { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>In minor units: the sum of quantity times unit price.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC; null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>1 when placed, one more with each change; the ETag.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// Names the write that made this version. A write that was carried out and yet reported as failed, and then repeated, is
    /// recognised by it.
    /// </summary>
    public required Guid ChangeId { get; init; }

    /// <summary>As it was when it was placed: what a repeated create answers, whatever has happened since.</summary>
    public Order AsPlaced() => this with { Status = OrderStatus.Placed, UpdatedAt = null, Version = 1 };
}
