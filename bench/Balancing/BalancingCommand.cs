using System.CommandLine;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// The <c>balancing</c> command, which measures the latency under each balancing policy of the edge. Its subcommand <c>hang</c> measures the
/// effect of an instance that stops responding.
/// </summary>
internal static class BalancingCommand
{
    private static readonly (string Name, Func<PolicyResult, double> Value)[] Columns =
    [
        ("cheap p50 ms", result => result.Percentile(0.5, onlyCheap: true)),
        ("cheap p99 ms", result => result.Percentile(0.99, onlyCheap: true)),
        ("all p50 ms", result => result.Percentile(0.5, onlyCheap: false)),
        ("all p99 ms", result => result.Percentile(0.99, onlyCheap: false)),
    ];

    public static Command Create()
    {
        var rounds = NumberOption.Create("--rounds", "Number of rounds. Each round runs every policy in every scenario.", 5, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of each run in seconds.", 8, 1, 3_600);
        var plot = new Option<FileInfo?>("--plot") { Description = "Draws the latencies into an SVG file.", HelpName = "FILE" };
        var command = new Command(
            "balancing",
            "[17 minutes] Compares the latency under the edge's balancing policies. Every policy receives the same requests at the same times.")
        {
            rounds, seconds, plot, Hang(), InstanceProcess.CreateCommand(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var failed = new FailedRequests();
            var results = await ProgressDisplay.ShowAsync(progress => PolicyBench.RunAsync(
                parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), failed, progress, cancellationToken));
            Write(results);
            failed.Write(Console.Out);
            if (parsed.GetValue(plot) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, LatencyPlot.Draw(results), cancellationToken);
            }
        });
        return command;
    }

    private static Command Hang()
    {
        var rate = NumberOption.Create("--rate", "Number of requests per second.", 32, 1, 1_000);
        var seconds = NumberOption.Create("--seconds", "Length of each run in seconds.", 40, 4, 3_600);
        var hang = new Command("hang", "[4 minutes] Counts the requests that are lost when one of three instances is stopped with SIGSTOP.")
        {
            rate, seconds,
        };
        hang.SetAction((parsed, cancellationToken) =>
            HangBench.RunAsync(parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken));
        return hang;
    }

    /// <summary>Writes a table for each scenario. The lowest figure in each column is bold.</summary>
    private static void Write(IReadOnlyList<PolicyResult> results)
    {
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            var table = new MarkdownTable([$"{scenario.Key.Name}, {scenario.Key.Rate:0}/s", .. Columns.Select(column => column.Name)]);
            foreach (var result in scenario)
            {
                table.Add(
                [
                    result.Name,
                    .. Columns.Select(column =>
                    {
                        var text = $"{column.Value(result):0}";
                        return column.Value(result) <= scenario.Min(column.Value) ? $"**{text}**" : text;
                    }),
                ]);
            }

            table.Write(Console.Out);
            Console.WriteLine();
        }
    }
}
