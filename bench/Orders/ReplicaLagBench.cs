using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// Places orders through one instance. Reads each order back immediately through another instance, from lagging replicas. Counts the reads
/// that do not find the order, with and without the consistency token from the write. Reads with the token use a separate instance, because
/// an instance that has read a newer state never reads an older state afterwards.
/// </summary>
internal static class ReplicaLagBench
{
    private const int WarmUps = 20;

    private static readonly TimeSpan[] Lags =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    public static async Task<IReadOnlyList<ReplicaLagRow>> RunAsync(
        int orders, FailedRequests failed, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Say("Starting one instance for writes and two instances for reads.");
        var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
        var settings = new Dictionary<string, string> { ["Orders__CursorKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        await using var first = await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = app, Orders = LocalOrderBackend.Cosmos, Settings = settings }, cancellationToken);
        await OrderedProducts.AddAsync(first, cancellationToken);
        await using var second = await StartReaderAsync(app, first, settings, cancellationToken);
        await using var third = await StartReaderAsync(app, first, settings, cancellationToken);
        using var writer = new HttpShop(first, "customer-1", failed);
        using var reader = new HttpShop(second, "customer-1", failed);
        using var tokenReader = new HttpShop(third, "customer-1", failed);
        progress.Begin(Lags.Length);
        await ReadBackAsync(writer, reader, WarmUps, withToken: false, cancellationToken);
        await ReadBackAsync(writer, tokenReader, WarmUps, withToken: true, cancellationToken);

        var rows = new List<ReplicaLagRow>();
        foreach (var lag in Lags)
        {
            first.Cosmos!.Replication.Lag = ReplicaLag.OfTime(lag);
            rows.Add(new(
                lag,
                await ReadBackAsync(writer, reader, orders, withToken: false, cancellationToken),
                await ReadBackAsync(writer, tokenReader, orders, withToken: true, cancellationToken)));
            progress.Step($"replicas {lag.TotalMilliseconds:0} ms behind: {rows[^1].Plain.MissedShare:0.0 %} not found without the token");
        }

        return rows;
    }

    private static Task<LocalCloud> StartReaderAsync(
        string app, LocalCloud writer, Dictionary<string, string> settings, CancellationToken cancellationToken) => LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AppDirectory = app,
                StorageConnectionString = writer.StorageConnectionString,
                Settings = new Dictionary<string, string>([.. settings, .. CosmosSettings.For(writer.Cosmos!.ConnectionString)]),
            },
            cancellationToken);

    /// <exception cref="CommandException">Every request failed.</exception>
    private static async Task<ReadBack> ReadBackAsync(
        HttpShop writer, HttpShop reader, int orders, bool withToken, CancellationToken cancellationToken)
    {
        var missed = 0;
        var times = new List<double>();
        for (var order = 0; order < orders; order++)
        {
            if (await writer.PlaceAsync(cancellationToken) is not { } placed)
            {
                continue;
            }

            var start = Stopwatch.GetTimestamp();
            if (await reader.ReadBackAsync(placed, withToken, cancellationToken) is { } status)
            {
                missed += status == HttpStatusCode.NotFound ? 1 : 0;
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return times.Count > 0
            ? new((double)missed / times.Count, Percentile.Median(times))
            : throw new CommandException($"None of {orders} orders could be placed and read back.");
    }
}

/// <param name="Lag">The time by which the replicas lag behind the primary.</param>
/// <param name="Plain">The reads without the consistency token from the write.</param>
/// <param name="WithToken">The reads with the consistency token from the write.</param>
internal sealed record ReplicaLagRow(TimeSpan Lag, ReadBack Plain, ReadBack WithToken);

/// <param name="MissedShare">The fraction of reads that did not find the order that had just been placed.</param>
/// <param name="MedianMilliseconds">The median latency of all reads, whether or not they found the order.</param>
internal sealed record ReadBack(double MissedShare, double MedianMilliseconds);
