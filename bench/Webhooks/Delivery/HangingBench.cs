using System.Globalization;
using ServerlessScale.Local.Build;
using Spectre.Console;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>
/// Ten endpoints, of which one never answers, against ten of which all do: what the other nine notice. Each round is a cloud of its own,
/// and the two kinds take turns.
/// </summary>
internal static class HangingBench
{
    private const int Endpoints = 10;
    private const int WarmUps = 5;

    /// <param name="rate">Events a second, each for all ten endpoints.</param>
    /// <param name="seconds">How long a round sends events.</param>
    /// <param name="rounds">Of each kind.</param>
    public static async Task RunAsync(int rate, int seconds, int rounds, CancellationToken cancellationToken)
    {
        AnsiConsole.Console.Profile.Width = 160;
        var app = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken);
        var delays = new Dictionary<bool, List<double[]>> { [false] = [], [true] = [] };
        for (var round = 0; round < rounds; round++)
        {
            foreach (var hangs in (bool[])[round % 2 == 1, round % 2 == 0])
            {
                delays[hangs].Add(await RunRoundAsync(app, hangs, rate, rate * seconds, cancellationToken));
            }
        }

        var table = new Table { Border = TableBorder.Markdown };
        foreach (var (index, column) in ((string[])["The tenth endpoint", "p50 ms of the other nine", "p95 ms", "p95 of each round"]).Index())
        {
            table.AddColumn(index == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }

        foreach (var hangs in (bool[])[false, true])
        {
            double[] all = [.. delays[hangs].SelectMany(round => round).Order()];
            table.AddRow(
                hangs ? "hangs" : "answers",
                FormattableString.Invariant($"{all.At(0.5):0}"),
                FormattableString.Invariant($"{all.At(0.95):0}"),
                string.Join(", ", delays[hangs].Select(round => FormattableString.Invariant($"{round.At(0.95):0}"))));
        }

        AnsiConsole.WriteLine($"{rate} events a second for {seconds} s, {rounds} rounds, {Endpoints} endpoints, {Environment.ProcessorCount} processors for everything.");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(FormattableString.Invariant($"p95 with one that hangs / without, medians of rounds: {MedianP95(delays[true]) / MedianP95(delays[false]):0.00}"));
    }

    private static async Task<double[]> RunRoundAsync(string app, bool hangs, int rate, int events, CancellationToken cancellationToken)
    {
        var receivers = new List<TimedReceiver>();
        try
        {
            for (var i = 0; i < Endpoints; i++)
            {
                receivers.Add(await TimedReceiver.StartAsync(hangs && i == Endpoints - 1, cancellationToken));
            }

            await using var cloud = await BenchCloud.StartAsync(app, pollingMilliseconds: null, receivers, cancellationToken);
            var nine = receivers[..^1];
            for (var i = 0; i < WarmUps; i++)
            {
                await cloud.SendAsync(Id("warm", i), cancellationToken);
            }

            await cloud.DeliveredAsync(nine, "warm", cancellationToken);
            using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
            for (var i = 0; i < events && await pace.WaitForNextTickAsync(cancellationToken); i++)
            {
                await cloud.SendAsync(Id("event", i), cancellationToken);
            }

            await cloud.DeliveredAsync(nine, "event", cancellationToken);
            return cloud.Delays(nine, "event");
        }
        finally
        {
            foreach (var receiver in receivers)
            {
                await receiver.DisposeAsync();
            }
        }
    }

    private static double MedianP95(List<double[]> rounds)
    {
        double[] sorted = [.. rounds.Select(round => round.At(0.95)).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Id(string prefix, int number) => $"{prefix}_{number.ToString("D6", CultureInfo.InvariantCulture)}";
}
