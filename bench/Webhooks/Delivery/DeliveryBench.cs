using System.Diagnostics;
using System.Globalization;
using System.Text;
using ServerlessScale.Bench.Webhooks.Sending;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>
/// Measures the delivery of events from the event queue through fan-out to a receiver. Events that are queued one at a time show the delay
/// that results from polling two queues. Events that are queued in a burst show the throughput. For comparison, a bare HttpClient loop
/// sends requests to the same kind of receiver.
/// </summary>
internal static class DeliveryBench
{
    private const int WarmUps = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    public static async Task RunAsync(int single, int burst, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var table = new MarkdownTable("Delivery", "one at a time: p50 ms", "p99 ms", "burst: deliveries/s");
        await ProgressDisplay.ShowAsync(async progress =>
        {
            int?[] pollings = [null, 100, 1000];
            progress.Begin(pollings.Length * (single + 1));
            var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
            await AddBareLoopAsync(table, single, burst, failed, cancellationToken);
            foreach (var polling in pollings)
            {
                await AddDeliveryAsync(table, app, polling, single, burst, failed, progress, cancellationToken);
            }

            return table;
        });
        Console.WriteLine(
            $"{single} events one at a time, {burst} events in a burst, one endpoint, {Environment.ProcessorCount} processors shared by all processes.");
        Console.WriteLine();
        table.Write(Console.Out);
        failed.Write(Console.Out);
    }

    private static async Task AddDeliveryAsync(
        MarkdownTable table, string app, int? polling, int single, int burst, FailedRequests failed, IMeasurementProgress progress,
        CancellationToken cancellationToken)
    {
        var way = polling is null ? "maximum polling interval 250 ms, LocalCloud's setting" : $"maximum polling interval {polling} ms";
        await using var receiver = await TimedReceiver.StartAsync(hangs: false, cancellationToken);
        await using var cloud = await BenchCloud.StartAsync(app, polling, [receiver], failed, cancellationToken);
        for (var i = 0; i < WarmUps; i++)
        {
            await cloud.SendAsync(Id("warm", i), cancellationToken);
        }

        await cloud.DeliveredAsync([receiver], "warm", cancellationToken);
        for (var i = 0; i < single; i++)
        {
            await Task.Delay(Pause, cancellationToken);
            await cloud.SendAsync(Id("single", i), cancellationToken);
            await cloud.DeliveredAsync([receiver], Id("single", i), cancellationToken);
            progress.Step(way);
        }

        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, burst, cancellationToken, async (i, stop) => await cloud.SendAsync(Id("burst", i), stop));
        await cloud.DeliveredAsync([receiver], "burst", cancellationToken);
        AddRow(table, way, cloud.Delays([receiver], "single"), burst / clock.Elapsed.TotalSeconds);
        progress.Step($"{way}: burst delivered");
    }

    private static async Task AddBareLoopAsync(MarkdownTable table, int single, int burst, FailedRequests failed, CancellationToken cancellationToken)
    {
        await using var receiver = await TimedReceiver.StartAsync(hangs: false, cancellationToken);
        var body = Encoding.UTF8.GetBytes("""{"type":"order.created","timestamp":"2026-11-25T10:00:00+00:00","data":{"id":"ord_1","status":"placed","total":2500}}""");
        var keys = new SigningKeys.Secrets(WebhookSecret.Create());
        using var bare = new BareHttpClient(receiver.Url, body, WebhookSignature.Headers(keys, "evt_bare", DateTimeOffset.UtcNow, body));
        await PostAsync(WarmUps);
        var delays = await PostAsync(single);
        var clock = Stopwatch.StartNew();
        var delivered = await PostAsync(burst);
        AddRow(table, bare.Name, delays, delivered.Count / clock.Elapsed.TotalSeconds);

        async Task<List<double>> PostAsync(int count)
        {
            var times = new List<double>();
            for (var i = 0; i < count; i++)
            {
                var started = Stopwatch.GetTimestamp();
                if (await bare.PostAsync(cancellationToken) is { } problem)
                {
                    failed.Add(bare.Name, "not delivered", problem);
                }
                else
                {
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }
            }

            return times.Count > 0 ? times : throw new CommandException("No delivery from the bare loop arrived.");
        }
    }

    private static void AddRow(MarkdownTable table, string way, IReadOnlyCollection<double> delays, double perSecond) =>
        table.Add(way, $"{Percentile.Of(delays, 0.5):0.00}", $"{Percentile.Of(delays, 0.99):0.00}", $"{perSecond:0}");

    private static string Id(string prefix, int number) => $"{prefix}_{number.ToString("D6", CultureInfo.InvariantCulture)}";
}
