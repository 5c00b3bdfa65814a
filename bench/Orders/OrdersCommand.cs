using System.CommandLine;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// The <c>orders</c> command. It compares the order throughput of the app with the throughput of a bare loop that uses the same storage.
/// It also counts the cost of each operation. Its <c>lag</c> subcommand measures the effect of replication lag.
/// </summary>
internal static class OrdersCommand
{
    public static Command Create()
    {
        var clients = NumberOption.Create(
            "--clients", "Number of concurrent clients. Each client sends one request after another.", 32, 1, 1_000);
        var rounds = NumberOption.Create("--rounds", "Number of rounds. Every contender has one turn in each round.", 5, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of a turn in seconds.", 3, 1, 3_600);
        var command = new Command(
            "orders",
            "[6 minutes] Creates and reads orders over HTTP and with a bare loop that makes the same storage calls, in tables and "
            + "StrictCosmos. Then counts the round trips and request units of each operation.")
        {
            clients, rounds, seconds, Lag(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plan = new LoadPlan(parsed.GetValue(clients), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            foreach (var store in Enum.GetValues<LocalOrderBackend>())
            {
                await RunAsync(store, plan, cancellationToken);
            }
        });
        return command;
    }

    private static async Task RunAsync(LocalOrderBackend store, LoadPlan plan, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        await using var bench = await ProgressDisplay.ShowAsync(progress => OrderBench.StartAsync(store, plan.Clients, failed, progress.Say, cancellationToken));
        var creates = await ProgressDisplay.ShowAsync(progress => plan.RunAsync(bench.Creates, bench.ClearQueuesAsync, progress, cancellationToken));
        WriteLoad($"{store}: creates", creates);
        var reads = await ProgressDisplay.ShowAsync(progress => plan.RunAsync(bench.Reads, bench.ClearQueuesAsync, progress, cancellationToken));
        WriteLoad($"{store}: reads", reads);
        var costs = await ProgressDisplay.ShowAsync(progress => bench.CountAsync(progress, cancellationToken));
        WriteCosts($"{store}: for each operation", costs);
        failed.Write(Console.Out);
        Console.WriteLine();
    }

    private static Command Lag()
    {
        var orders = NumberOption.Create(
            "--orders", "Number of orders that are placed and read back for each lag, with and without the token.", 200, 1, 100_000);
        var lag = new Command(
            "lag", "[1 minute] Counts how many new orders a lagging replica does not find, with and without the consistency token.")
        {
            orders,
        };
        lag.SetAction(async (parsed, cancellationToken) =>
        {
            var failed = new FailedRequests();
            var rows = await ProgressDisplay.ShowAsync(progress => ReplicaLagBench.RunAsync(parsed.GetValue(orders), failed, progress, cancellationToken));
            WriteLag(rows);
            failed.Write(Console.Out);
        });
        return lag;
    }

    /// <param name="results">
    /// The results of the bare loop, the full HTTP path and the path without storage, in that order. The path without storage shows the
    /// cost of the host, the proxy, the worker, token validation and JSON on the same machine.
    /// </param>
    private static void WriteLoad(string title, IReadOnlyList<LoadResult> results)
    {
        var table = new MarkdownTable(
            title, "per second, median of rounds", "ratio to the bare loop, median of rounds", "p50 ms", "p99 ms");
        foreach (var result in results)
        {
            table.Add(
                result.Name,
                $"{result.MedianRate:0}",
                $"{result.MedianRatio(results[0].Rates):0.00}",
                $"{result.Percentile(0.5):0.0}",
                $"{result.Percentile(0.99):0.0}");
        }

        table.Write(Console.Out);
        var sum = LoadResult.RatesOfBoth(results[0], results[2]);
        Console.WriteLine(
            $"An operation that took as long as the bare loop and the path without storage together would run {Percentile.Median(sum):0} times "
            + $"per second. The full HTTP path reaches {results[1].MedianRatio(sum):0.00} of this rate.");
        Console.WriteLine();
    }

    private static void WriteCosts(string title, IReadOnlyList<OperationCost> costs)
    {
        var table = new MarkdownTable(title, "round trips to the store", "minimum", "to queues", "minimum", "RU", "minimum");
        foreach (var cost in costs)
        {
            table.Add(
                cost.Operation,
                Number(cost.Ours.Store), Number(cost.Least.Store),
                Number(cost.Ours.Queues), Number(cost.Least.Queues),
                Number(cost.Ours.RequestUnits), Number(cost.Least.RequestUnits));
        }

        table.Write(Console.Out);
    }

    private static void WriteLag(IReadOnlyList<ReplicaLagRow> rows)
    {
        var table = new MarkdownTable("replica lag", "not found without token", "not found with token", "p50 ms without", "p50 ms with");
        foreach (var row in rows)
        {
            table.Add(
                $"{row.Lag.TotalMilliseconds:0} ms",
                $"{row.Plain.MissedShare:0.0 %}", $"{row.WithToken.MissedShare:0.0 %}",
                $"{row.Plain.MedianMilliseconds:0.0}", $"{row.WithToken.MedianMilliseconds:0.0}");
        }

        table.Write(Console.Out);
    }

    private static string Number(double? value) => value is null ? "" : $"{value:0.##}";
}
