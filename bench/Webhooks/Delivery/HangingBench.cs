using System.Globalization;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>
/// Measures how much an endpoint that never responds delays the deliveries to nine other endpoints. Rounds in which the tenth endpoint
/// hangs alternate with rounds in which it responds. Each round has its own cloud.
/// </summary>
internal static class HangingBench
{
    private const int Endpoints = 10;
    private const int WarmUps = 5;

    /// <param name="rate">The number of events per second. Each event is delivered to all ten endpoints.</param>
    /// <param name="seconds">The length of a round in seconds.</param>
    /// <param name="rounds">The number of rounds of each kind.</param>
    public static async Task RunAsync(int rate, int seconds, int rounds, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var delays = await ProgressDisplay.ShowAsync(async progress =>
        {
            progress.Begin(2 * rounds);
            var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
            var ofRounds = new Dictionary<bool, List<double[]>> { [false] = [], [true] = [] };
            for (var round = 0; round < rounds; round++)
            {
                foreach (var hangs in (bool[])[round % 2 == 1, round % 2 == 0])
                {
                    ofRounds[hangs].Add(await RunRoundAsync(app, hangs, rate, rate * seconds, failed, cancellationToken));
                    progress.Step($"round in which the tenth endpoint {(hangs ? "hangs" : "responds")}: p95 {Percentile.Of(ofRounds[hangs][^1], 0.95):0} ms");
                }
            }

            return ofRounds;
        });

        Console.WriteLine(
            $"{rate} events per second for {seconds} s, {rounds} rounds of each kind, {Endpoints} endpoints. "
            + $"All processes share {Environment.ProcessorCount} processors.");
        Console.WriteLine();
        var table = new MarkdownTable("The tenth endpoint", "p50 ms for the other nine", "p95 ms", "p95 of each round");
        foreach (var hangs in (bool[])[false, true])
        {
            double[] all = [.. delays[hangs].SelectMany(round => round)];
            table.Add(
                hangs ? "hangs" : "responds",
                $"{Percentile.Of(all, 0.5):0}",
                $"{Percentile.Of(all, 0.95):0}",
                string.Join(", ", delays[hangs].Select(round => $"{Percentile.Of(round, 0.95):0}")));
        }

        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine(
            "Median p95 of the rounds with a hanging endpoint, divided by the median p95 of the rounds without one: "
            + $"{MedianP95(delays[true]) / MedianP95(delays[false]):0.00}");
        failed.Write(Console.Out);
    }

    private static async Task<double[]> RunRoundAsync(
        string app, bool hangs, int rate, int events, FailedRequests failed, CancellationToken cancellationToken)
    {
        var receivers = new List<TimedReceiver>();
        try
        {
            for (var i = 0; i < Endpoints; i++)
            {
                receivers.Add(await TimedReceiver.StartAsync(hangs && i == Endpoints - 1, cancellationToken));
            }

            await using var cloud = await BenchCloud.StartAsync(app, pollingMilliseconds: null, receivers, failed, cancellationToken);
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

    private static double MedianP95(List<double[]> rounds) => Percentile.Median(rounds.Select(round => Percentile.Of(round, 0.95)));

    private static string Id(string prefix, int number) => $"{prefix}_{number.ToString("D6", CultureInfo.InvariantCulture)}";
}
