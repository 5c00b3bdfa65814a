using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Bench.Orders;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Storage;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Chaos;

/// <param name="Seed">Decides the topology, the stores, the requests and the faults.</param>
/// <param name="Length">The time during which shoppers send requests.</param>
/// <param name="Shoppers">The number of shoppers.</param>
/// <param name="EndsInstances">
/// Whether instances may be drained and lost. Messages that the instance has received, or was receiving, then stay invisible for ten minutes,
/// because the WebJobs SDK receives them for as long. The audit waits for them.
/// </param>
internal sealed record ChaosPlan(int Seed, TimeSpan Length, int Shoppers, bool EndsInstances);

/// <summary>The result of a run.</summary>
internal sealed record ChaosResult(
    ChaosPlan Plan, string System, Ledger Ledger, ChaosFindings Findings, IReadOnlyDictionary<string, int> Faults, int DuplicateEvents,
    int InvalidEvents, int ProcessesLeft)
{
    /// <summary>The violations of promises. None is allowed.</summary>
    public IReadOnlyList<string> Violations =>
    [
        .. Ledger.Wrong.Select(wrong => $"wrong: {wrong}"),
        .. Findings.Lost.Select(lost => $"lost: {lost}"),
        .. Findings.Doubled.Select(doubled => $"doubled: {doubled}"),
        .. Findings.OutOfOrder.Select(order => $"out of order: {order}"),
        .. Findings.Orphans.Select(orphan => $"orphan: {orphan}"),
        .. InvalidEvents > 0 ? [$"{InvalidEvents} webhooks without a valid signature"] : (string[])[],
        .. ProcessesLeft > 0 ? [$"{ProcessesLeft} processes are left"] : (string[])[],
    ];
}

/// <summary>Runs shoppers against a local cloud while faults are injected, and then audits the result from the outside.</summary>
internal static class ChaosRun
{
    private static readonly TimeSpan InvisibleAfterEnd = TimeSpan.FromMinutes(10);

    /// <summary>A delivery whose first two attempts failed waits for five minutes before the third (docs/webhooks.md).</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(7);

    public static async Task<ChaosResult> RunAsync(string app, ChaosPlan plan, Action<string> say, CancellationToken cancellationToken)
    {
        var random = new Random(plan.Seed);
        var topology = random.Next(3) == 0 ? Topology.Microservices : Topology.Monolith;
        var orders = random.Next(2) == 0 ? LocalOrderBackend.Tables : LocalOrderBackend.Cosmos;
        var sessions = random.Next(2) == 0 ? LocalSessionBackend.Tables : LocalSessionBackend.Redis;
        var system = $"{topology}, orders in {orders}, carts in {sessions}";
        say($"seed {plan.Seed}: {system}");

        var data = Directory.CreateTempSubdirectory("chaos-").FullName;
        try
        {
            await using var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = Path.Combine(data, "azurite") }, cancellationToken);
            await using var blobs = new StorageProxy(azurite.BlobUri);
            await using var queues = new StorageProxy(azurite.QueueUri);
            await using var tables = new StorageProxy(azurite.TableUri);
            await using var receiver = await EventReceiver.StartAsync(plan.Seed, cancellationToken);
            var workers = new HashSet<int>();
            ChaosResult result;
            await using (var cloud = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    AppDirectory = app,
                    DataDirectory = data,
                    StorageConnectionString = azurite.ConnectionString,
                    Topology = topology,
                    Instances = topology == Topology.Monolith ? 3 : 1,
                    Orders = orders,
                    Sessions = sessions,
                    AllowPrivateWebhooks = true,
                    Settings = new Dictionary<string, string>
                    {
                        // Several faults may interrupt the same message. A poison queue would return it only after five minutes.
                        ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "100",
                        ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
                    },
                    WorkerSettings = new Dictionary<string, string>
                    {
                        ["AzureWebJobsStorage"] = azurite.ConnectionString
                            .Replace($"{azurite.BlobUri}", $"{blobs.Address}", StringComparison.Ordinal)
                            .Replace($"{azurite.QueueUri}", $"{queues.Address}", StringComparison.Ordinal)
                            .Replace($"{azurite.TableUri}", $"{tables.Address}", StringComparison.Ordinal),
                    },
                },
                cancellationToken))
            {
                result = await RunAsync(cloud, plan, system, new FaultSchedule(cloud, [blobs, queues, tables], azurite.ProcessId, plan.EndsInstances, random), receiver, workers, random, say, cancellationToken);
            }

            return result with { ProcessesLeft = workers.Count(IsRunning) };
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<ChaosResult> RunAsync(
        LocalCloud cloud, ChaosPlan plan, string system, FaultSchedule faults, EventReceiver receiver, HashSet<int> workers, Random random, Action<string> say,
        CancellationToken cancellationToken)
    {
        await OrderedProducts.AddAsync(cloud, cancellationToken);
        string[] customers = [.. Enumerable.Range(0, plan.Shoppers).Select(number => $"shopper-{number}")];
        foreach (var customer in customers)
        {
            await SubscribeAsync(cloud, receiver, customer, cancellationToken);
        }

        var ledger = new Ledger();
        var photograph = await File.ReadAllBytesAsync(Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), cancellationToken);
        using var shopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        shopping.CancelAfter(plan.Length);
        var load = customers.Select(async (customer, number) =>
        {
            using var client = cloud.CreateClient(cloud.Token(customer));
            client.Timeout = Timeout.InfiniteTimeSpan;
            await new Shopper(customer, client, photograph, ledger, () => faults.Current, new Random(plan.Seed + 1 + number)).RunAsync(shopping.Token, cancellationToken);
        });
        var injecting = faults.RunAsync(shopping.Token, cancellationToken);
        var watching = WatchAsync(cloud, workers, shopping.Token);
        await Task.WhenAll(load.Append(injecting).Append(watching));

        say($"seed {plan.Seed}: {ledger.Acknowledged} requests were acknowledged; waiting for queues and events");
        var audit = new Audit(cloud, ledger, receiver, customers);
        await audit.SettleAsync(faults.Injected.Keys.Any(fault => fault.StartsWith("instance", StringComparison.Ordinal)) ? InvisibleAfterEnd + SettleLimit : SettleLimit, cancellationToken);
        var findings = await audit.FindAsync(cancellationToken);
        workers.UnionWith(cloud.Instances.Select(instance => instance.WorkerProcessId).OfType<int>());
        return new ChaosResult(plan, system, ledger, findings, faults.Injected, receiver.Duplicates, receiver.Invalid, ProcessesLeft: 0);
    }

    private static async Task SubscribeAsync(LocalCloud cloud, EventReceiver receiver, string customer, CancellationToken cancellationToken)
    {
        using var client = cloud.CreateClient(cloud.Token(customer));
        using var response = await client.PostAsJsonAsync(
            "api/webhooks/endpoints",
            new { url = receiver.UrlOf(customer), ordered = true, eventTypes = (string[])["order.created", "order.updated", "image.ready", "image.failed"] },
            cancellationToken);
        var endpoint = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandException($"The endpoint of {customer} could not be created: {endpoint}");
        }

        receiver.Trust(customer, endpoint.GetProperty("secret").GetString()!);
    }

    /// <summary>Records the process ids of all workers, to check at the end that none is left.</summary>
    private static async Task WatchAsync(LocalCloud cloud, HashSet<int> workers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            workers.UnionWith(cloud.Instances.Select(instance => instance.WorkerProcessId).OfType<int>());
            await Task.Delay(200, CancellationToken.None);
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
