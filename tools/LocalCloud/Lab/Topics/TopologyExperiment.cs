using System.Globalization;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.State;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Runs the shop as one app and as several apps, and kills the app that serves orders in both topologies.</summary>
internal sealed class TopologyExperiment : IExperiment
{
    private static readonly (string Feature, string Path)[] Reads =
    [
        ("orders", "api/orders?month=2026-01"),
        ("catalogue", "api/products?limit=1"),
        ("cart", "api/cart"),
        ("images", "api/images/00000000000000000000000000"),
        ("webhooks", "api/webhooks/endpoints"),
    ];

    public ExperimentDescription Description { get; } = new()
    {
        Name = "topology",
        Title = "Monolith or microservices: the app for orders is killed",
        Why = "Separate apps fail separately, so that a fault in one feature leaves the others running. Each app needs a process of its own, however, and "
            + "memory even when it is idle.",
        Expects = "With microservices, only the paths of orders fail, and with the monolith, all paths fail. Microservices need more processes and memory.",
        Code = "infra/capabilities.json",
        FileName = "TopologyExperiment.cs",
        Seconds = 60,
        Columns =
        [
            ResultColumn.Text("topology"), ResultColumn.Count("processes"), new("memory of the workers", "MB", 0), ResultColumn.Seconds("start"),
            .. Reads.Select(read => ResultColumn.Text(read.Feature)),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var monolith = await ObserveAsync(context, Topology.Monolith, 0.05, cancellationToken);
        var microservices = await ObserveAsync(context, Topology.Microservices, 0.4, cancellationToken);
        var isolated = microservices.Failing.SequenceEqual(["orders"]);
        var all = monolith.Failing.Count == Reads.Length;
        return new(
            isolated && all && microservices.Processes > monolith.Processes && microservices.Megabytes > monolith.Megabytes,
            $"After the loss of the app for orders, {Describe(monolith.Failing)} failed in the monolith, and {Describe(microservices.Failing)} with "
            + $"microservices. The monolith ran {monolith.Processes} worker with {monolith.Megabytes} MB, and the microservices "
            + $"{microservices.Processes} workers with {microservices.Megabytes} MB. A request passes the edge and one app in both.");
    }

    private static string Describe(IReadOnlyList<string> failing) => failing.Count switch
    {
        0 => "nothing",
        var count when count == Reads.Length => "everything",
        _ => string.Join(", ", failing),
    };

    private static async Task<Outcome> ObserveAsync(ExperimentContext context, Topology topology, double progress, CancellationToken cancellationToken)
    {
        var name = topology.ToString().ToLowerInvariant();
        context.Say(progress, $"Starting the shop as {name}.");
        var started = DateTimeOffset.UtcNow;
        var guest = await context.Interventions.StartGuestAsync(name, new() { Topology = topology, Instances = 1 }, cancellationToken);
        var seconds = (DateTimeOffset.UtcNow - started).TotalSeconds;
        using var shopper = Shopper.Of(context, guest);
        context.Say(progress + 0.15, $"Sending a request to each feature of the {name}.");
        var before = await ReadAllAsync(shopper, cancellationToken);
        int[] processes = [.. guest.Instances.Select(instance => instance.WorkerProcessId).OfType<int>()];
        var megabytes = processes.Sum(process => StateReader.MemoryOf(process) ?? 0);
        context.AddRow([name, processes.Length, megabytes, seconds, .. before.Select(Text)]);

        var victim = guest.Instances.First(instance => topology == Topology.Monolith || instance.App == "orders").Name;
        context.Say(progress + 0.25, $"Killing {victim}.");
        await guest.KillInstanceAsync(victim);
        var after = await ReadAllAsync(shopper, cancellationToken);
        context.AddRow([$"{name}, without {victim}", processes.Length - 1, default, default, .. after.Select(Text)]);
        await context.Interventions.StopGuestAsync(guest);
        return new(processes.Length, megabytes, [.. Reads.Zip(after).Where(pair => IsFailure(pair.Second)).Select(pair => pair.First.Feature)]);
    }

    /// <summary>Reads one path of each feature. The token keeps the responses out of the edge's cache.</summary>
    /// <returns>The status of each response; 0 for none.</returns>
    private static async Task<int[]> ReadAllAsync(Shopper shopper, CancellationToken cancellationToken)
    {
        var statuses = new List<int>();
        foreach (var (_, path) in Reads)
        {
            try
            {
                using var response = await shopper.Http.GetAsync(path, cancellationToken);
                statuses.Add((int)response.StatusCode);
            }
            catch (Exception failure) when (FailedRequests.IsTransient(failure, cancellationToken))
            {
                statuses.Add(0);
            }
        }

        return [.. statuses];
    }

    /// <summary>An unknown image gets 404, which shows that its app is running.</summary>
    private static bool IsFailure(int status) => status is 0 or >= 500;

    private static Cell Text(int status) => status == 0 ? "no response" : status.ToString(CultureInfo.InvariantCulture);

    private sealed record Outcome(int Processes, int Megabytes, IReadOnlyList<string> Failing);
}
