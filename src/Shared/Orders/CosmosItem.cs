using System.Text.Json.Serialization;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>What is in the container: an order, a key record or an event to be sent, told apart by the beginning of the id.</summary>
internal sealed record CosmosItem<T>
{
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary><c>yyyy-MM</c>.</summary>
    public required string Month { get; init; }

    public required T Content { get; init; }

    /// <summary>Seconds after which Cosmos removes it; null for never.</summary>
    public int? Ttl { get; init; }

    public static CosmosItem<T> Of(OrderShard shard, string id, T content, int? ttl = null) => new()
    {
        Id = id,
        CustomerId = shard.CustomerId,
        Month = shard.Month.ToString(),
        Content = content,
        Ttl = ttl,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CosmosItem<Order>))]
[JsonSerializable(typeof(CosmosItem<KeyRecord>))]
[JsonSerializable(typeof(CosmosItem<EventEnvelope>))]
internal sealed partial class CosmosOrderJson : JsonSerializerContext;
