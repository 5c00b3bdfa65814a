using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Bench.Orders;

/// <summary>A local cloud, with the app built in Release, and bare loops over the same storage.</summary>
internal sealed class OrderBench : IAsyncDisposable
{
    private static readonly JsonSerializerOptions AsStored = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly LocalCloud _cloud;
    private readonly HttpShop[] _customers;
    private readonly CountingPolicy _tableRequests = new();
    private readonly CountingPolicy _queueRequests = new();
    private readonly QueueServiceClient _queues;
    private readonly TableServiceClient _tables;
    private readonly CosmosClient? _cosmos;
    private readonly CosmosOrderContainer? _container;
    private readonly IOrderStore _store;
    private BareShop _bare = null!;
    private string[] _orders = [];

    private OrderBench(LocalCloud cloud, int clients)
    {
        _cloud = cloud;
        _customers = [.. Enumerable.Range(0, clients).Select(client => new HttpShop(cloud, $"customer-{client}"))];
        var queueOptions = new QueueClientOptions();
        queueOptions.AddPolicy(_queueRequests, HttpPipelinePosition.PerRetry);
        _queues = new QueueServiceClient(cloud.StorageConnectionString, queueOptions);
        var tableOptions = new TableClientOptions();
        tableOptions.AddPolicy(_tableRequests, HttpPipelinePosition.PerRetry);
        _tables = new TableServiceClient(cloud.StorageConnectionString, tableOptions);
        _cosmos = cloud.Cosmos is { } account
            ? new CosmosClient(account.ConnectionString, new CosmosClientOptions
            {
                ConnectionMode = ConnectionMode.Gateway,
                LimitToEndpoint = true,
                UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web),
            })
            : null;
        _container = cloud.Cosmos is { ConnectionString: var connection }
            ? new CosmosOrderContainer(
                new OrderCosmosOptions { ConnectionString = connection, LimitToEndpoint = true, CreateIfMissing = true },
                () => throw new InvalidOperationException("The connection string has the key."))
            : null;
        _store = _container is null ? new TableOrderStore(_tables) : new CosmosOrderStore(_container);
    }

    /// <summary>The bare loop comes first.</summary>
    public IReadOnlyList<Contender> Creates =>
    [
        new("bare SDK loop", (client, ct) => _bare.PlaceAsync($"bare-{client}", BareShop.NewOrderId(), ct)),
        new("ours, whole HTTP path", (client, ct) => _customers[client].PlaceAsync(ct)),
        new("order refused before storage", (client, ct) => _customers[client].PlaceInVainAsync(ct)),
        new("empty function", (client, ct) => _customers[client].AskIfAliveAsync(ct)),
    ];

    /// <summary>The bare loop comes first; both read the same orders.</summary>
    public IReadOnlyList<Contender> Reads =>
    [
        new("bare SDK loop", (client, ct) => _bare.ReadAsync(_customers[client].Customer, _orders[client], ct)),
        new("ours, whole HTTP path", (client, ct) => _customers[client].ReadAsync(_orders[client], ct)),
        new("read answered without storage", (client, ct) => _customers[client].ReadInVainAsync(ct)),
        new("empty function", (client, ct) => _customers[client].AskIfAliveAsync(ct)),
    ];

    public static async Task<OrderBench> StartAsync(OrderStore store, int clients, CancellationToken cancellationToken)
    {
        var bench = new OrderBench(
            await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    AppDirectory = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken),
                    Orders = store,
                    // Events stay in their queue: what becomes of them is another capability's cost.
                    Settings = new Dictionary<string, string> { ["AzureWebJobs.DispatchEvent.Disabled"] = "true" },
                    Progress = Console.Error.WriteLine,
                },
                cancellationToken),
            clients);
        try
        {
            bench._orders = await Task.WhenAll(bench._customers.Select(customer => customer.PlaceAsync(cancellationToken)));
            var sample = await bench.SampleAsync(cancellationToken);
            bench._bare = bench._cosmos is null
                ? new BareTables(bench._tables.GetTableClient("Orders"), bench._queues, sample)
                : new BareCosmos(bench._cosmos.GetContainer("shop", "orders"), bench._queues, sample);
            await bench._bare.MakeQueuesAsync(cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Queues that grow would make later turns slower than earlier ones.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await _bare.TidyAsync(cancellationToken);
        await _queues.GetQueueClient(EventQueue.Name).ClearMessagesAsync(cancellationToken);
    }

    public Task<IReadOnlyList<OperationCost>> CountAsync(CancellationToken cancellationToken) =>
        new OperationCosts(_store, _bare, _queues, Spent).CountAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var customer in _customers)
        {
            customer.Dispose();
        }

        _container?.Dispose();
        _cosmos?.Dispose();
        await _cloud.DisposeAsync();
    }

    /// <summary>Since the start, by the clients of this process and, in Cosmos, by everybody.</summary>
    private Spending Spent()
    {
        var cosmos = _cloud.Cosmos?.Meters.Of(CosmosOperations.Data);
        return new Spending(cosmos?.Requests ?? _tableRequests.Requests, _queueRequests.Requests, cosmos?.RequestUnits);
    }

    private async Task<Sample> SampleAsync(CancellationToken cancellationToken)
    {
        var message = (await _queues.GetQueueClient(EventQueue.Name).PeekMessageAsync(cancellationToken)).Value.MessageText;
        if (!EventEnvelope.TryParse(message, out var envelope)
            || !OrderId.TryParse(envelope.Data.GetProperty("id").GetString(), out var id)
            || await _store.FindLatestAsync(new OrderShard(envelope.CustomerId, id.Month), id, cancellationToken) is not { Order: var order })
        {
            throw new LocalCloudException("The first event is not of an order that can be read.");
        }

        return new Sample(JsonSerializer.Serialize(order, AsStored), OrderIntent.Of(order).ToJson(), message);
    }
}
