using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Orders;

/// <summary>An order as the stores keep it.</summary>
public sealed record Order
{
    /// <summary>An <see cref="OrderId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    public required OrderStatus Status { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>The sum of quantity times unit price over all lines, in minor units.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>UTC, in whole milliseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC; null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>1 when the order is placed, and one more with each change. It is the order's entity tag.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// Identifies the write that made this version. A client library repeats a write whose response it has lost; by this id, the
    /// writer recognises that its first write was carried out.
    /// </summary>
    public required Guid ChangeId { get; init; }

    /// <summary>
    /// The order as it was when it was placed. A repeated <c>POST</c> gets this state as its response, even after later changes.
    /// </summary>
    public Order AsPlaced() => this with { Status = OrderStatus.Placed, UpdatedAt = null, Version = 1 };
}

/// <summary>A line of an order or a cart. <see cref="OrderRules"/> has the limits.</summary>
public sealed record OrderLine
{
    public required string Sku { get; init; }

    public required long Quantity { get; init; }

    /// <summary>In minor units of the order's currency.</summary>
    public required long UnitPrice { get; init; }
}

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

/// <summary>Orders in Table Storage and in events: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderRequest))]
internal sealed partial class OrderJson : JsonSerializerContext;
