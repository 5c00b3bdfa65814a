using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Shared.Orders;

/// <summary>The container of the settings <c>Orders:Cosmos:*</c>, and the process's one client, made when it is first needed.</summary>
public sealed class CosmosOrderContainer(OrderCosmosOptions options, Func<TokenCredential> credential) : IDisposable
{
    private readonly Lazy<CosmosClient> _client = new(() => Connect(options, credential));
    private volatile bool _exists = !options.CreateIfMissing;

    internal async ValueTask<Container> GetAsync(CancellationToken cancellationToken)
    {
        if (!_exists)
        {
            // Not kept as a task: a failure must not outlast the outage. Creating twice at once does no harm.
            var database = await _client.Value.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellationToken);
            await database.Database.CreateContainerIfNotExistsAsync(Properties(options.Container), cancellationToken: cancellationToken);
            _exists = true;
        }

        return _client.Value.GetContainer(options.Database, options.Container);
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
            // On, without a default: items that are to expire say so.
            DefaultTimeToLive = -1,
            IndexingPolicy = new IndexingPolicy(),
        };

        // Listing sorts by id in one shard; everything else is a point operation, and an index that nobody uses costs with every write.
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/id/?" });
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/customerId/?" });
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/month/?" });
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return properties;
    }

    private static CosmosClient Connect(OrderCosmosOptions options, Func<TokenCredential> credential)
    {
        var client = new CosmosClientOptions
        {
            ApplicationName = "ServerlessScale",
            // Each try, and all tries of a throttled request: a caller's 20 seconds are to suffice for a few.
            RequestTimeout = TimeSpan.FromSeconds(5),
            MaxRetryAttemptsOnRateLimitedRequests = 4,
            MaxRetryWaitTimeOnRateLimitedRequests = TimeSpan.FromSeconds(4),
            UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(CosmosOrderJson.Default.Options)
            {
                // The SDK sends the parameters of queries, which are plain values, through the same serializer.
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
        }

        return options.ConnectionString is { Length: > 0 } connectionString
            ? new CosmosClient(connectionString, client)
            : new CosmosClient(options.Endpoint, credential(), client);
    }
}
