using System.Diagnostics;
using System.Globalization;
using System.Text;
using ServerlessScale.Bench.Webhooks.Sending;
using ServerlessScale.Local.Build;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using Spectre.Console;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>
/// Events from the queue to a receiver, through fan-out and delivery: one at a time, which shows what the polling of two queues costs,
/// and many at once, which shows how many a second come through; beside a bare HttpClient loop that posts to the same receiver.
/// </summary>
internal static class DeliveryBench
{
    private const int WarmUps = 20;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);

    public static async Task RunAsync(int single, int burst, CancellationToken cancellationToken)
    {
        AnsiConsole.Console.Profile.Width = 160;
        var app = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken);
        var table = new Table { Border = TableBorder.Markdown };
        foreach (var (index, column) in ((string[])["Way", "one at a time: p50 ms", "p99 ms", "at once: deliveries/s"]).Index())
        {
            table.AddColumn(index == 0 ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }

        await AddBareLoopAsync(table, single, burst, cancellationToken);
        foreach (var polling in (int?[])[null, 100, 1000])
        {
            await AddDeliveryAsync(table, app, polling, single, burst, cancellationToken);
        }

        AnsiConsole.WriteLine($"{single} events one at a time, {burst} at once, one endpoint, {Environment.ProcessorCount} processors for everything.");
        AnsiConsole.Write(table);
    }

    private static async Task AddDeliveryAsync(
        Table table, string app, int? polling, int single, int burst, CancellationToken cancellationToken)
    {
        await using var receiver = await TimedReceiver.StartAsync(hangs: false, cancellationToken);
        await using var cloud = await BenchCloud.StartAsync(app, polling, [receiver], cancellationToken);
        for (var i = 0; i < WarmUps; i++)
        {
            await cloud.SendAsync(Id("warm", i), cancellationToken);
        }

        await cloud.DeliveredAsync([receiver], "warm", cancellationToken);
        for (var i = 0; i < single; i++)
        {
            await Task.Delay(Between, cancellationToken);
            await cloud.SendAsync(Id("single", i), cancellationToken);
            await cloud.DeliveredAsync([receiver], Id("single", i), cancellationToken);
        }

        var clock = Stopwatch.StartNew();
        await Parallel.ForAsync(0, burst, cancellationToken, async (i, stop) => await cloud.SendAsync(Id("burst", i), stop));
        await cloud.DeliveredAsync([receiver], "burst", cancellationToken);
        AddRow(
            table, polling is null ? "queue to receiver, as host.json says (250 ms)" : FormattableString.Invariant($"queue to receiver, polling at most every {polling} ms"),
            cloud.Delays([receiver], "single"), burst / clock.Elapsed.TotalSeconds);
    }

    private static async Task AddBareLoopAsync(Table table, int single, int burst, CancellationToken cancellationToken)
    {
        await using var receiver = await TimedReceiver.StartAsync(hangs: false, cancellationToken);
        var body = Encoding.UTF8.GetBytes("""{"type":"order.created","timestamp":"2026-11-25T10:00:00+00:00","data":{"id":"ord_1","status":"placed","total":2500}}""");
        var keys = new SigningKeys.Secrets(WebhookSecret.Create());
        using var bare = new BareHttpClient(receiver.Url, body, WebhookSignature.Headers(keys, "evt_bare", DateTimeOffset.UtcNow, body));
        for (var i = 0; i < WarmUps; i++)
        {
            await bare.PostAsync(cancellationToken);
        }

        var delays = new double[single];
        for (var i = 0; i < single; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await bare.PostAsync(cancellationToken);
            delays[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < burst; i++)
        {
            await bare.PostAsync(cancellationToken);
        }

        Array.Sort(delays);
        AddRow(table, "bare HttpClient loop", delays, burst / clock.Elapsed.TotalSeconds);
    }

    private static void AddRow(Table table, string way, double[] delays, double perSecond) => table.AddRow(
        way,
        FormattableString.Invariant($"{delays.At(0.5):0.00}"),
        FormattableString.Invariant($"{delays.At(0.99):0.00}"),
        FormattableString.Invariant($"{perSecond:0}"));

    private static string Id(string prefix, int number) => $"{prefix}_{number.ToString("D6", CultureInfo.InvariantCulture)}";
}
