using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Azure.Cosmos;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

/// <summary>
/// A server with a container that is configured like the order store's container, and a client that does not retry on status 429.
/// </summary>
public sealed class Shop : IAsyncLifetime
{
    public const string Month = "2026-11";

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly StrictCosmosOptions _options;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Shop()
        : this(new StrictCosmosOptions())
    {
    }

    private Shop(StrictCosmosOptions options)
    {
        _options = options;
    }

    public StrictCosmosServer Server { get; private set; } = null!;

    public CosmosClient Client { get; private set; } = null!;

    public Container Orders { get; private set; } = null!;

    public static async Task<Shop> OpenAsync(StrictCosmosOptions? options = null)
    {
        var shop = new Shop(options ?? new StrictCosmosOptions());
        await shop.InitializeAsync();
        return shop;
    }

    public async ValueTask InitializeAsync()
    {
        Server = await StrictCosmosServer.StartAsync(_options, Cancellation);
        Client = Connect();
        var database = await Client.CreateDatabaseAsync("shop", cancellationToken: Cancellation);
        Orders = await database.Database.CreateContainerAsync(OrdersDefinition(), cancellationToken: Cancellation);
    }

    public static ContainerProperties OrdersDefinition()
    {
        var definition = new ContainerProperties("orders", ["/customerId", "/month"]) { DefaultTimeToLive = -1 };
        definition.IndexingPolicy.CompositeIndexes.Add(
        [
            new CompositePath { Path = "/createdAt", Order = CompositePathSortOrder.Descending },
            new CompositePath { Path = "/id", Order = CompositePathSortOrder.Descending },
        ]);
        return definition;
    }

    /// <summary>Creates another client with a separate session.</summary>
    public CosmosClient Connect(Action<CosmosClientOptions>? configure = null)
    {
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            LimitToEndpoint = true,
            MaxRetryAttemptsOnRateLimitedRequests = 0,
            UseSystemTextJsonSerializerWithOptions = JsonOptions,
        };
        configure?.Invoke(options);
        return new CosmosClient(Server.ConnectionString, options);
    }

    public static Container OrdersOf(CosmosClient client) => client.GetContainer("shop", "orders");

    public static PartitionKey KeyOf(string customer, string month = Month) => new PartitionKeyBuilder().Add(customer).Add(month).Build();

    public static string NewCustomer() => Guid.NewGuid().ToString("N");

    /// <summary>
    /// Creates orders with ascending ids and creation times. Orders 0 and 1, 2 and 3, and so on, have the same creation time, so that tests
    /// cover ties.
    /// </summary>
    public async Task<IReadOnlyList<Order>> PlaceAsync(string customer, int count, string month = Month)
    {
        var orders = Enumerable.Range(0, count).Select(number => new Order($"{customer}-{number:000}", customer, month, $"{month}-{1 + number / 2:00}")).ToList();
        foreach (var order in orders)
        {
            await Orders.CreateItemAsync(order, KeyOf(customer, month), cancellationToken: Cancellation);
        }
        return orders;
    }

    public static async Task<IReadOnlyList<T>> ReadAllAsync<T>(FeedIterator<T> pages)
    {
        using (pages)
        {
            var all = new List<T>();
            while (pages.HasMoreResults)
            {
                all.AddRange(await pages.ReadNextAsync(Cancellation));
            }
            return all;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
