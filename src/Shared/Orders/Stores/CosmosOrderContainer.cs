using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders.Stores;

/// <summary>
/// The container that the <c>Orders:Cosmos:*</c> settings specify. The process has a single Cosmos client, which is created on first use.
/// </summary>
public sealed class CosmosOrderContainer(OrderCosmosOptions options, Func<TokenCredential> credential) : IDisposable
{
    private const string SubStatusHeader = "x-ms-substatus";

    private static readonly TimeSpan HedgingThreshold = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HedgingStep = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<CosmosClient> _client = new(() => Connect(options, credential));
    private volatile bool _exists = !options.CreateIfMissing;

    internal async ValueTask<Container> GetAsync(CancellationToken cancellationToken)
    {
        if (!_exists)
        {
            // The creation task is not cached, because a failed task would make all later requests fail. Concurrent creations are harmless.
            var database = await _client.Value.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellationToken);
            await database.Database.CreateContainerIfNotExistsAsync(Properties(options.Container), cancellationToken: cancellationToken);
            _exists = true;
        }

        return _client.Value.GetContainer(options.Database, options.Container);
    }

    /// <summary>Reads an item that does not exist, to find out whether Cosmos DB responds and the container exists.</summary>
    /// <exception cref="CosmosException">Cosmos DB responded with an error.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        var container = await GetAsync(cancellationToken);
        var nowhere = new PartitionKeyBuilder().Add("health").Add("health").Build();
        using var response = await container.ReadItemStreamAsync("health", nowhere, cancellationToken: cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound || response.Headers[SubStatusHeader] is not (null or "0"))
        {
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Returns the options of the client: its connection mode, time limits, serializer, regions and hedging.</summary>
    public static CosmosClientOptions ClientOptions(OrderCosmosOptions options)
    {
        var client = new CosmosClientOptions
        {
            ApplicationName = "ServerlessScale",
            // The first setting limits a single attempt in direct mode. Gateway mode ignores values below 65 seconds. The other two
            // settings limit the retries of a throttled request. Callers wait up to 20 seconds, so the limits must allow a few attempts in
            // this time.
            RequestTimeout = TimeSpan.FromSeconds(5),
            MaxRetryAttemptsOnRateLimitedRequests = 4,
            MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(4),
            UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(CosmosOrderJson.Default.Options)
            {
                // The SDK uses the same options to serialize query parameters, which are plain values.
                TypeInfoResolver = JsonTypeInfoResolver.Combine(CosmosOrderJson.Default, new DefaultJsonTypeInfoResolver()),
            },
        };
        if (options.Gateway || options.LimitToEndpoint)
        {
            client.ConnectionMode = ConnectionMode.Gateway;
        }

        if (options.LimitToEndpoint)
        {
            client.LimitToEndpoint = true;
        }
        else if (options.PreferredRegions.Count > 0)
        {
            client.ApplicationPreferredRegions = [.. options.PreferredRegions];
            if (options.PreferredRegions.Count > 1)
            {
                // If the first region has not responded within the threshold, the read is also sent to the next region. The threshold is
                // below the two seconds after which OrderQueries stops waiting.
                client.AvailabilityStrategy = AvailabilityStrategy.CrossRegionHedgingStrategy(HedgingThreshold, HedgingStep);
            }
        }

        return client;
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
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

    private static CosmosClient Connect(OrderCosmosOptions options, Func<TokenCredential> credential)
    {
        var client = ClientOptions(options);
        return options.ConnectionString is { Length: > 0 } connectionString
            ? new CosmosClient(connectionString, client)
            : new CosmosClient(options.Endpoint, credential(), client);
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
