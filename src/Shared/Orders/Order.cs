using System.Text.Json.Serialization;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>An order in its stored form.</summary>
public sealed record Order
{
    /// <summary>The id, in the format of <see cref="OrderId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    public required OrderStatus Status { get; init; }

    /// <summary>The currency's ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>The sum of quantity times unit price over all lines, in minor units.</summary>
    public required long Total { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>The UTC time at which the order was placed, in whole milliseconds.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time of the last change in UTC. Null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>
    /// The version number. It is 1 for a new order, increases by one with each change, and serves as the order's entity tag.
    /// </summary>
    public required int Version { get; init; }

    /// <summary>
    /// Identifies the write that created this version. When the response to a write is lost, the store's client library repeats the write,
    /// and the repeated write fails. If the stored order then contains the id of the failed write, the first write succeeded.
    /// </summary>
    public required Guid ChangeId { get; init; }

    /// <summary>
    /// Returns the order in its original state. The response to a repeated <c>POST</c> contains this state, even after later changes.
    /// </summary>
    public Order AsPlaced() => this with { Status = OrderStatus.Placed, UpdatedAt = null, Version = 1 };
}

/// <summary>The currency and the lines of an order with the prices at which it is placed.</summary>
public sealed record PricedOrder
{
    public required string Currency { get; init; }

    public required IReadOnlyList<OrderLine> Lines { get; init; }
}

/// <summary>A line of an order. <see cref="OrderRules"/> defines the limits of its values.</summary>
public sealed record OrderLine
{
    public required string Sku { get; init; }

    public required long Quantity { get; init; }

    /// <summary>The price of one unit, in minor units of the order's currency.</summary>
    public required long UnitPrice { get; init; }
}

/// <summary>An order in the form that is sent to clients and webhook receivers.</summary>
[EventData(OrderEvents.Created, OrderEvents.Updated)]
public sealed record OrderView
{
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    public required OrderStatus Status { get; init; }

    /// <summary>The month in which the order was placed, as <c>yyyy-MM</c> in UTC.</summary>
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

/// <summary>Serializes orders for Table Storage and events as JSON with camelCase names and without null members.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(PricedOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;
