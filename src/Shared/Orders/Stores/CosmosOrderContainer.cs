using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Stores;

/// <summary>The container for orders that the <c>Orders:Cosmos:*</c> settings specify.</summary>
public sealed class CosmosOrderContainer(CosmosAccount account)
{
    /// <summary>The generated metadata of the container's items, for the client's serializer.</summary>
    public static IJsonTypeInfoResolver Metadata => CosmosOrderJson.Default;

    internal ValueTask<Container> GetAsync(CancellationToken cancellationToken) =>
        account.GetAsync(account.Options.Container, Properties, cancellationToken);

    /// <summary>Reads an item that does not exist, to find out whether Cosmos DB responds and the container exists.</summary>
    /// <exception cref="CosmosException">Cosmos DB responded with an error.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var nowhere = new PartitionKeyBuilder().Add("health").Add("health").Build();
        await CosmosResponses.PingAsync(await GetAsync(cancellationToken), nowhere, cancellationToken);
    }

    private static ContainerProperties Properties(string name)
    {
        var properties = new ContainerProperties(name, ["/customerId", "/month"])
        {
            // Enables time to live without a default value, so that only items with their own ttl expire.
            DefaultTimeToLive = -1,
            IndexingPolicy = new IndexingPolicy(),
        };

        // The only query is the listing, which sorts by id within one shard. Indexing properties that no query uses would make writes more
        // expensive.
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/id/?" });
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/customerId/?" });
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/month/?" });
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return properties;
    }
}

/// <summary>An item in the container: an order, a key record or an unsent event. The prefix of the id indicates which.</summary>
internal sealed record CosmosItem<T>
{
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>The month of the shard, as <c>yyyy-MM</c>.</summary>
    public required string Month { get; init; }

    public required T Content { get; init; }

    /// <summary>The number of seconds after which Cosmos removes the item. Null if the item never expires.</summary>
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
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CosmosItem<Order>))]
[JsonSerializable(typeof(CosmosItem<KeyRecord>))]
[JsonSerializable(typeof(CosmosItem<MonthIndex>))]
[JsonSerializable(typeof(CosmosItem<EventEnvelope>))]
internal sealed partial class CosmosOrderJson : JsonSerializerContext;
