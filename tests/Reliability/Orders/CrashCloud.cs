using System.Collections.Concurrent;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Local;
using ServerlessScale.Local.Storage;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;
using ServerlessScale.StrictCosmos;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Reliability.Orders;

/// <summary>
/// The complete system with a trap between the worker and its storage. Requests from the host bypass the trap. The app does not dispatch
/// events, so that the tests can receive them from the queue.
/// </summary>
public abstract class CrashCloud(DatabaseKind kind) : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("order-crashes-").FullName;
    private readonly List<IAsyncDisposable> _started = [];
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _events = new(StringComparer.Ordinal);
    private LocalCloud _cloud = null!;
    private CosmosAccount? _cosmos;
    private QueueClient _eventQueue = null!;

    internal RequestTrap Trap { get; } = new();

    /// <summary>Accesses the stored orders directly, without the worker or the trap.</summary>
    public IOrderStore Store { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var azurite = Keep(await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite") }, Ct));
        var queues = Keep(await TrappingProxy.StartAsync(azurite.QueueUri, Trap, Ct));
        var tables = Keep(await TrappingProxy.StartAsync(azurite.TableUri, Trap, Ct));
        var trapped = azurite.ConnectionString
            .Replace($"QueueEndpoint={azurite.QueueUri};", $"QueueEndpoint={queues.Address};", StringComparison.Ordinal)
            .Replace($"TableEndpoint={azurite.TableUri};", $"TableEndpoint={tables.Address};", StringComparison.Ordinal);
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobs.DispatchEvent.Disabled"] = "true",
            ["Orders__Store"] = kind.ToString(),
            ["Orders__CommitDeadline"] = "00:00:02",
            ["Orders__IntentDelay"] = "00:00:03",

            // A message can be in flight during many of the kills. With the app's value of 3, it would wait in the poison queue for minutes.
            ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "30",
        };
        if (kind == DatabaseKind.Cosmos)
        {
            var account = Keep(await StrictCosmosServer.StartAsync(cancellationToken: Ct));
            var proxy = Keep(await TrappingProxy.StartAsync(account.Endpoint, Trap, Ct));
            foreach (var (name, value) in CosmosSettings.For($"AccountEndpoint={proxy.Address};AccountKey={account.Key};"))
            {
                settings[name] = value;
            }

            _cosmos = new CosmosAccount(
                new CosmosOptions { ConnectionString = account.ConnectionString, LimitToEndpoint = true, CreateIfMissing = true },
                () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));
        }

        var database = new TableServiceClient(azurite.ConnectionString);
        Store = _cosmos is null ? new TableOrderStore(database) : new CosmosOrderStore(_cosmos);
        await KnownProducts.AddAsync(_cosmos is null ? new TableProductStore(database) : new CosmosProductStore(_cosmos), Ct);
        _eventQueue = new QueueClient(azurite.ConnectionString, EventQueue.Name);
        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                DataDirectory = _data,
                StorageConnectionString = azurite.ConnectionString,
                Settings = settings,
                WorkerSettings = new Dictionary<string, string> { ["AzureWebJobsStorage"] = trapped },
            },
            Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _cloud.DisposeAsync();
        _cosmos?.Dispose();
        for (var i = _started.Count - 1; i >= 0; i--)
        {
            await _started[i].DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    public HttpClient ClientOf(string customer) => _cloud.CreateClient(_cloud.Token(customer, "orders.read", "orders.write"));

    /// <summary>Kills the worker (SIGKILL) and closes the connection of the trapped request without a response.</summary>
    internal void Kill(HttpContext context)
    {
        _cloud.KillWorker();
        context.Abort();
    }

    /// <summary>
    /// Returns the ids of the customer's events that have been queued so far. An id is listed as often as its event was queued.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> EventsOfAsync(string customer)
    {
        while (await _eventQueue.ExistsAsync(Ct) && (await _eventQueue.ReceiveMessagesAsync(32, cancellationToken: Ct)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages)
            {
                Assert.True(EventEnvelope.TryParse(message.MessageText, out var envelope));
                _events.GetOrAdd(envelope.CustomerId, _ => []).Add(envelope.Id);
                await _eventQueue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
            }
        }

        return _events.TryGetValue(customer, out var events) ? events : [];
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }
}

public sealed class CrashCloudOnTables() : CrashCloud(DatabaseKind.Tables);

public sealed class CrashCloudOnCosmos() : CrashCloud(DatabaseKind.Cosmos);
