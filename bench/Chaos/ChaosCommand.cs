using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Chaos;

/// <summary>
/// The <c>chaos</c> command. It injects faults into the complete system under load, and audits afterwards that no acknowledged write was
/// lost or doubled and that all events arrived in order.
/// </summary>
internal static class ChaosCommand
{
    public static Command Create()
    {
        var seed = NumberOption.Create("--seed", "The first seed. It decides the topology, the stores, the requests and the faults.", 1, 0, int.MaxValue);
        var seeds = NumberOption.Create("--seeds", "Number of runs. Each run has the next seed.", 1, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of the load of each run.", 60, 1, 36_000);
        var shoppers = NumberOption.Create("--shoppers", "Number of shoppers. Each sends one request after another.", 6, 1, 100);
        var ends = new Option<bool>("--end-instances")
        {
            Description = "Also drains and kills hosts. The messages that such a host has received stay invisible for ten minutes, so a run may "
                + "take ten minutes longer.",
        };
        var command = new Command(
            "chaos",
            "[2 minutes per seed] Kills, stops, slows and cuts off parts of the system while shoppers use it, then counts what was lost or doubled. "
            + "The exit code is 1 if a promise was broken. Works only on Linux and macOS.")
        {
            seed, seeds, seconds, shoppers, ends,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plan = new ChaosPlan(
                parsed.GetValue(seed), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(shoppers), parsed.GetValue(ends));
            return await RunAsync(plan, parsed.GetValue(seeds), cancellationToken) ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> RunAsync(ChaosPlan first, int seeds, CancellationToken cancellationToken)
    {
        var results = await ProgressDisplay.ShowAsync(async progress =>
        {
            progress.Begin(seeds);
            var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
            var all = new List<ChaosResult>();
            for (var run = 0; run < seeds; run++)
            {
                var result = await ChaosRun.RunAsync(app, first with { Seed = first.Seed + run }, progress.Say, cancellationToken);
                all.Add(result);
                progress.Step($"seed {result.Plan.Seed}: {result.Faults.Values.Sum()} faults, {result.Violations.Count} violations");
                foreach (var violation in result.Violations)
                {
                    progress.Say($"seed {result.Plan.Seed}: {violation}");
                }
            }

            return all;
        });

        Write(results);
        return results.All(result => result.Violations.Count == 0);
    }

    private static void Write(IReadOnlyList<ChaosResult> results)
    {
        var table = new MarkdownTable(
            "Seed", "system", "faults", "acknowledged", "repeated", "refused", "orders", "images", "failed", "lost", "doubled", "out of order",
            "wrong", "orphans", "events twice");
        foreach (var result in results)
        {
            table.Add(
                $"{result.Plan.Seed}", result.System, $"{result.Faults.Values.Sum()}", $"{result.Ledger.Acknowledged}", $"{result.Ledger.Repeated}",
                $"{result.Ledger.Refused}", $"{result.Ledger.Orders.Count}", $"{result.Ledger.Images.Count}", $"{result.Findings.FailedImages}",
                $"{result.Findings.Lost.Count}", $"{result.Findings.Doubled.Count}", $"{result.Findings.OutOfOrder.Count}",
                $"{result.Ledger.Wrong.Count}", $"{result.Findings.Orphans.Count}", $"{result.DuplicateEvents}");
        }

        table.Write(Console.Out);
        Console.WriteLine();
        var faults = new MarkdownTable("Fault", "injected", "longest unavailability of a request, s");
        foreach (var kind in results.SelectMany(result => result.Faults.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var longest = results.Select(result => result.Ledger.Unavailable.GetValueOrDefault(kind)).Max();
            faults.Add(kind, $"{results.Sum(result => result.Faults.GetValueOrDefault(kind))}", $"{longest.TotalSeconds:0.0}");
        }

        faults.Write(Console.Out);
    }
}
