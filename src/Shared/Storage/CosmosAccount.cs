using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// The Cosmos DB account that the <c>Orders:Cosmos:*</c> settings specify. The process has a single Cosmos client, which is created on first
/// use and which all stores share.
/// </summary>
/// <param name="metadata">
/// The generated metadata of the items. Items without generated metadata are serialized by reflection, which is slower at a cold start.
/// </param>
public sealed class CosmosAccount(CosmosOptions options, Func<TokenCredential> credential, params IEnumerable<IJsonTypeInfoResolver> metadata)
    : IDisposable
{
    private static readonly TimeSpan HedgingThreshold = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan HedgingStep = TimeSpan.FromMilliseconds(250);

    private readonly Lazy<CosmosClient> _client = new(() => Connect(options, credential, metadata));
    private readonly ConcurrentDictionary<string, bool> _created = new(StringComparer.Ordinal);

    internal CosmosOptions Options => options;

    /// <summary>Returns a container, which is created first if it is missing and the settings allow its creation.</summary>
    internal async ValueTask<Container> GetAsync(
        string name, Func<string, ContainerProperties> definition, CancellationToken cancellationToken)
    {
        if (options.CreateIfMissing && !_created.ContainsKey(name))
        {
            // The creation task is not cached, because a failed task would make all later requests fail. Concurrent creations are harmless.
            var database = await _client.Value.CreateDatabaseIfNotExistsAsync(options.Database, cancellationToken: cancellationToken);
            await database.Database.CreateContainerIfNotExistsAsync(definition(name), cancellationToken: cancellationToken);
            _created[name] = true;
        }

        return _client.Value.GetContainer(options.Database, name);
    }

    /// <summary>Returns the options of the client: its connection mode, time limits, serializer, regions and hedging.</summary>
    public static CosmosClientOptions ClientOptions(CosmosOptions options, params IEnumerable<IJsonTypeInfoResolver> metadata)
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
            UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                RespectNullableAnnotations = true,
                // The SDK uses the same options to serialize query parameters, which are plain values.
                TypeInfoResolver = JsonTypeInfoResolver.Combine([.. metadata, new DefaultJsonTypeInfoResolver()]),
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
                // below the two seconds after which a read of an order with a consistency token stops waiting.
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

    private static CosmosClient Connect(
        CosmosOptions options, Func<TokenCredential> credential, IEnumerable<IJsonTypeInfoResolver> metadata)
    {
        var client = ClientOptions(options, metadata);
        return options.ConnectionString is { Length: > 0 } connectionString
            ? new CosmosClient(connectionString, client)
            : new CosmosClient(options.Endpoint, credential(), client);
    }
}
