using System.Text.Json;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Creates orders, key records and events for tests of order stores.</summary>
internal static class TestOrders
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static IdempotencyKey Key(string text) => IdempotencyKey.Parse([text]).Value!;

    public static OrderRequest Request(long quantity = 2) => new()
    {
        Currency = "EUR",
        Lines = [new RequestedLine { Sku = "mug-1", Quantity = quantity, UnitPrice = 1250 }],
    };

    /// <summary>The prices of <see cref="KnownProducts"/>.</summary>
    public static OrderPricing Pricing { get; } = new(new MemoryProducts(KnownProducts.All));

    public static Order Order(OrderShard shard, DateTimeOffset? createdAt = null) => new()
    {
        Id = OrderId.New(createdAt ?? shard.Month.Start.AddDays(1)).Value,
        CustomerId = shard.CustomerId,
        Status = OrderStatus.Placed,
        Currency = "EUR",
        Total = 2500,
        Lines = [new OrderLine { Sku = "mug-1", Quantity = 2, UnitPrice = 1250 }],
        CreatedAt = createdAt ?? shard.Month.Start.AddDays(1),
        Version = 1,
        ChangeId = Guid.NewGuid(),
    };

    public static KeyRecord KeyOf(string id, Order? order) => new()
    {
        Id = id,
        OrderId = order?.Id,
        Fingerprint = "fingerprint",
        ExpiresAt = Noon,
    };

    public static EventEnvelope Event(Order order) => new()
    {
        Id = $"evt_{order.Id[4..]}_{order.Version}",
        CustomerId = order.CustomerId,
        Type = "order.created",
        Timestamp = order.CreatedAt,
        Data = JsonSerializer.SerializeToElement(new { order.Id }),
    };

    public static OrderCreation Creation(OrderShard shard, string? keyId = null, DateTimeOffset? createdAt = null)
    {
        var order = Order(shard, createdAt);
        return new OrderCreation
        {
            Shard = shard,
            Order = order,
            Key = KeyOf(keyId ?? "idem_" + Guid.NewGuid().ToString("N"), order),
            Event = Event(order),
        };
    }

    public static OrderId IdOf(Order order) =>
        OrderId.TryParse(order.Id, out var id) ? id : throw new InvalidOperationException($"{order.Id} is not an order id.");
}
