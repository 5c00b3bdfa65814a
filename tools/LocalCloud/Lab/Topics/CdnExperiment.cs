using System.Diagnostics;
using System.Net;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Reads one picture from an instance and from the edge, and purges it.</summary>
internal sealed class CdnExperiment : IExperiment
{
    private const int Clients = 20;

    /// <summary>The speed of light in glass fibre in kilometres per second: two thirds of the speed in vacuum.</summary>
    private const double FibreKilometresPerSecond = 200_000;

    /// <summary>The distance to an edge location in the same city, in kilometres.</summary>
    private const int EdgeKilometres = 50;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    public ExperimentDescription Description { get; } = new()
    {
        Name = "cdn",
        Title = "The same picture from the origin and from the edge",
        Why = "A picture that never changes need not be sent by an instance each time. A cache near the client saves the instance's work, and the "
            + "way to the origin, which light needs time for.",
        Expects = "With the cache, one request reaches an instance, and after a purge one more.",
        Code = "tools/Edge/Cache",
        FileName = "CdnExperiment.cs",
        Seconds = 20,
        Columns =
        [
            ResultColumn.Text("pictures from"), ResultColumn.Count("requests"), ResultColumn.Count("reached an instance"),
            new("hit ratio", "%", 1), ResultColumn.Milliseconds("p50", 1), ResultColumn.Milliseconds("p99", 1),
            ResultColumn.Milliseconds("light needs at least", 1),
        ],
        Options =
        [
            ExperimentOption.Number("requests", "Requests to each", 400, 20, 5_000),
            ExperimentOption.Number("km", "Distance from the client to the origin", 9_000, 1, 20_000, "km"),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        using var shopper = Shopper.Of(context);
        context.Say(0.05, "Uploading a photograph.");
        var path = await VariantAsync(context, shopper, cancellationToken);
        var requests = context.Options.Number("requests");
        var address = ImagesAddress(context.Cloud);
        context.Say(0.4, "Reading the picture from the origin.");
        using var direct = Anonymous(address);
        var fromOrigin = await ReadAsync(context, direct, path, requests, cancellationToken);
        context.AddRow("the origin", fromOrigin.Count, fromOrigin.Count, 0, Median(fromOrigin), P99(fromOrigin), RoundTrip(context.Options.Number("km")));

        context.Say(0.6, "Reading the picture from the edge.");
        using var http = Anonymous(context.Cloud.BaseAddress);
        var first = await ThroughEdgeAsync(context, http, path, requests, "the edge", cancellationToken);
        context.Say(0.8, "Purging the picture from the cache.");
        await context.Cloud.PurgeAsync(path, cancellationToken);
        var afterPurge = await ThroughEdgeAsync(context, http, path, requests, "the edge, after a purge", cancellationToken);
        return new(
            first.Fetches <= 1 && afterPurge.Fetches == 1,
            $"Of {first.Requests} requests to the edge, {first.Fetches} reached an instance, and {afterPurge.Fetches} of {afterPurge.Requests} after a "
            + $"purge. Over {context.Options.Number("km"):N0} km, light alone needs {RoundTrip(context.Options.Number("km")):0} ms for each request and response.");
    }

    private static async Task<string> VariantAsync(ExperimentContext context, Shopper shopper, CancellationToken cancellationToken)
    {
        var id = await shopper.UploadAsync(await Shopper.PhotographAsync(cancellationToken), cancellationToken)
            ?? throw new CommandException("The photograph could not be uploaded.");
        var image = await shopper.UntilReadyAsync(id, TimeSpan.FromMilliseconds(200), ReadyLimit, cancellationToken);
        var variants = image?["variants"]?.AsArray() ?? [];
        return variants.Count > 0
            ? (string)variants[variants.Count / 2]!["url"]!
            : throw new CommandException($"The photograph was not ready within {ReadyLimit.TotalSeconds:0} s.");
    }

    private static async Task<(int Requests, long Fetches)> ThroughEdgeAsync(
        ExperimentContext context, HttpClient http, string path, int requests, string name, CancellationToken cancellationToken)
    {
        var traffic = context.Cloud.Observer!.Traffic;
        var before = traffic.Responses(ResponseSource.Fetch);
        var times = await ReadAsync(context, http, path, requests, cancellationToken);
        // The count of a response that has just been received may follow a moment later.
        await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        var fetches = traffic.Responses(ResponseSource.Fetch) - before;
        context.AddRow(
            name, times.Count, fetches, 100.0 * (times.Count - fetches) / times.Count, Median(times), P99(times), RoundTrip(EdgeKilometres));
        return (times.Count, fetches);
    }

    private static async Task<IReadOnlyList<double>> ReadAsync(
        ExperimentContext context, HttpClient http, string path, int requests, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests),
            new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancellationToken },
            async (_, cancelled) =>
            {
                var started = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                using var response = await context.Failed.SendAsync(http, "GET /images/{id}/{variant}", request, cancelled, HttpStatusCode.OK);
                if (response is not null)
                {
                    lock (times)
                    {
                        times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    }
                }
            });
        return times.Count > 0 ? times : throw new CommandException("No picture was received.");
    }

    private static HttpClient Anonymous(Uri address) =>
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    private static Uri ImagesAddress(LocalCloud cloud)
    {
        var pool = cloud.Set!.Pools.FirstOrDefault(pool => pool.App == "images") ?? cloud.Set.Pools[0];
        return pool.FirstHost?.Address ?? throw new CommandException("No instance is running.");
    }

    private static double RoundTrip(int kilometres) => 2 * kilometres / FibreKilometresPerSecond * 1_000;

    private static double Median(IReadOnlyList<double> times) => Percentile.Median(times);

    private static double P99(IReadOnlyList<double> times) => Percentile.Of(times, 0.99);
}
