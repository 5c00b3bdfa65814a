using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// One instance places orders and another reads each at once, while the replicas that reads may be served from are behind: how many of
/// the reads do not find what was just placed, without the write's consistency token and with it. Those with it are a third instance's:
/// an instance that has once seen more than the replicas have is never shown less again.
/// </summary>
internal static class ReplicaLagBench
{
    private static readonly TimeSpan[] Lags =
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    public static async Task<IReadOnlyList<ReplicaLagRow>> RunAsync(int orders, CancellationToken cancellationToken)
    {
        var app = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken);
        var settings = new Dictionary<string, string> { ["Orders__CursorKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        await using var first = await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = app, Orders = OrderBackend.Cosmos, Settings = settings }, cancellationToken);
        await using var second = await StartReaderAsync(app, first, settings, cancellationToken);
        await using var third = await StartReaderAsync(app, first, settings, cancellationToken);
        using var writer = new HttpShop(first, "customer-1");
        using var reader = new HttpShop(second, "customer-1");
        using var tokenReader = new HttpShop(third, "customer-1");
        await ReadBackAsync(writer, reader, orders: 20, withToken: false, cancellationToken);
        await ReadBackAsync(writer, tokenReader, orders: 20, withToken: true, cancellationToken);

        var rows = new List<ReplicaLagRow>();
        foreach (var lag in Lags)
        {
            first.Cosmos!.Replication.Lag = ReplicaLag.OfTime(lag);
            rows.Add(new(
                lag,
                await ReadBackAsync(writer, reader, orders, withToken: false, cancellationToken),
                await ReadBackAsync(writer, tokenReader, orders, withToken: true, cancellationToken)));
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

    private static async Task<ReadBack> ReadBackAsync(
        HttpShop writer, HttpShop reader, int orders, bool withToken, CancellationToken cancellationToken)
    {
        var missed = 0;
        var times = new List<double>();
        for (var order = 0; order < orders; order++)
        {
            var placed = await writer.PlaceForTokenAsync(cancellationToken);
            var start = Stopwatch.GetTimestamp();
            missed += await reader.ReadBackAsync(placed, withToken, cancellationToken) == HttpStatusCode.NotFound ? 1 : 0;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return new((double)missed / orders, times[times.Count / 2]);
    }
}
