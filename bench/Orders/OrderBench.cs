using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Storage;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Bench.Orders;

/// <summary>Measures a Release build of the app in a local cloud, and bare loops that use the same storage.</summary>
internal sealed class OrderBench : IAsyncDisposable
{
    private static readonly JsonSerializerOptions AsStored = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly LocalCloud _cloud;
    private readonly FailedRequests _failed;
    private readonly HttpShop[] _customers;
    private readonly CountingPolicy _tableRequests = new();
    private readonly CountingPolicy _queueRequests = new();
    private readonly QueueServiceClient _queues;
    private readonly TableServiceClient _tables;
    private readonly CosmosClient? _cosmos;
    private readonly CosmosAccount? _account;
    private readonly IOrderStore _store;
    private readonly IProductStore _products;
    private BareShop _bare = null!;
    private string[] _orders = [];

    private OrderBench(LocalCloud cloud, int clients, FailedRequests failed)
    {
        (_cloud, _failed) = (cloud, failed);
        _customers = [.. Enumerable.Range(0, clients).Select(client => new HttpShop(cloud, $"customer-{client}", failed))];
        var queueOptions = new QueueClientOptions();
        queueOptions.AddPolicy(_queueRequests, HttpPipelinePosition.PerRetry);
        _queues = new QueueServiceClient(cloud.StorageConnectionString, queueOptions);
        var tableOptions = new TableClientOptions();
        tableOptions.AddPolicy(_tableRequests, HttpPipelinePosition.PerRetry);
        _tables = new TableServiceClient(cloud.StorageConnectionString, tableOptions);
        _cosmos = cloud.Cosmos is { } server
            ? new CosmosClient(server.ConnectionString, new CosmosClientOptions
            {
                ConnectionMode = ConnectionMode.Gateway,
                LimitToEndpoint = true,
                UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web),
            })
            : null;
        _account = cloud.Cosmos is { ConnectionString: var connection }
            ? new CosmosAccount(
                new CosmosOptions { ConnectionString = connection, LimitToEndpoint = true, CreateIfMissing = true },
                () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."))
            : null;
        _store = _account is null ? new TableOrderStore(_tables) : new CosmosOrderStore(_account);
        _products = _account is null ? new TableProductStore(_tables) : new CosmosProductStore(_account);
    }

    /// <summary>Four contenders for creating orders. The first is the bare loop.</summary>
    public IReadOnlyList<Contender> Creates =>
    [
        new("bare SDK loop", (client, ct) => TryBareAsync("create", _bare.PlaceAsync($"bare-{client}", BareShop.NewOrderId(), ct))),
        new("ours, full HTTP path", async (client, ct) => await _customers[client].PlaceAsync(ct) is not null),
        new("order refused before storage", (client, ct) => _customers[client].PlaceRefusedAsync(ct)),
        new("empty function", (client, ct) => _customers[client].CallEmptyFunctionAsync(ct)),
    ];

    /// <summary>Four contenders for reading orders. The first is the bare loop. The first two read the same orders.</summary>
    public IReadOnlyList<Contender> Reads =>
    [
        new("bare SDK loop", (client, ct) => TryBareAsync("read", _bare.ReadAsync(_customers[client].Customer, _orders[client], ct))),
        new("ours, full HTTP path", (client, ct) => _customers[client].ReadAsync(_orders[client], ct)),
        new("read that needs no storage", (client, ct) => _customers[client].ReadImpossibleIdAsync(ct)),
        new("empty function", (client, ct) => _customers[client].CallEmptyFunctionAsync(ct)),
    ];

    public static async Task<OrderBench> StartAsync(
        LocalOrderBackend store, int clients, FailedRequests failed, Action<string> say, CancellationToken cancellationToken)
    {
        var bench = new OrderBench(
            await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    AppDirectory = await ReleaseApp.BuildAsync(say, cancellationToken),
                    Orders = store,
                    // Events are not delivered, because their delivery would compete with the orders for processor time.
                    Settings = new Dictionary<string, string> { ["AzureWebJobs.DispatchEvent.Disabled"] = "true" },
                    Progress = say,
                },
                cancellationToken),
            clients,
            failed);
        try
        {
            await OrderedProducts.AddAsync(bench._cloud, cancellationToken);
            bench._orders = await Task.WhenAll(bench._customers.Select(customer => customer.PlaceSurelyAsync(cancellationToken)));
            var sample = await bench.SampleAsync(cancellationToken);
            bench._bare = bench._cosmos is null
                ? new BareTables(bench._tables.GetTableClient("Orders"), bench._tables.GetTableClient("Products"), bench._queues, sample)
                : new BareCosmos(
                    bench._cosmos.GetContainer("shop", "orders"), bench._cosmos.GetContainer("shop", "products"), bench._queues, sample);
            await bench._bare.CreateQueuesAsync(cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Empties the queues, because large queues would slow down later turns.</summary>
    public async Task ClearQueuesAsync(CancellationToken cancellationToken)
    {
        await _bare.ClearQueuesAsync(cancellationToken);
        await _queues.GetQueueClient(EventQueue.Name).ClearMessagesAsync(cancellationToken);
    }

    public Task<IReadOnlyList<OperationCost>> CountAsync(IMeasurementProgress progress, CancellationToken cancellationToken) =>
        new OperationCosts(_store, _products, _bare, _queues, Spent, progress).CountAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var customer in _customers)
        {
            customer.Dispose();
        }

        _account?.Dispose();
        _cosmos?.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task<bool> TryBareAsync(string operation, Task running)
    {
        try
        {
            await running;
            return true;
        }
        catch (Exception failure) when (failure is RequestFailedException or CosmosException)
        {
            var status = failure is RequestFailedException { Status: var code } ? code : (int)((CosmosException)failure).StatusCode;
            _failed.Add($"{operation} (bare loop)", $"{status}", failure.Message);
            return false;
        }
    }

    /// <summary>
    /// Returns the number of requests since the start. For tables and queues, it counts the requests of the clients in this process. For
    /// Cosmos DB, it counts the requests of all clients.
    /// </summary>
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
            throw new CommandException("The first message in the event queue does not belong to a readable order.");
        }

        return new Sample(JsonSerializer.Serialize(order, AsStored), OrderIntent.Of(order).ToJson(), message);
    }

    /// <summary>Counts the requests that a client sends, including retries.</summary>
    private sealed class CountingPolicy : HttpPipelineSynchronousPolicy
    {
        private int _requests;

        public int Requests => _requests;

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _requests);
    }
}
