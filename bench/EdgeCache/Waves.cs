using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>Sends waves of simultaneous requests to one cloud, and counts the requests that reach a function of the app.</summary>
/// <param name="function">The name of the function that responds to the requests.</param>
internal sealed class Waves(LocalCloud cloud, string function, int clients, FailedRequests failed, IMeasurementProgress progress) : IDisposable
{
    /// <summary>
    /// The number of consecutive reads that must return the same invocation count before the count is considered final.
    /// </summary>
    private const int StableReads = 10;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _anyone = cloud.CreateClient();
    private readonly HttpClient _observer = cloud.CreateClient(cloud.Token());

    /// <exception cref="CommandException">Every request failed.</exception>
    public async Task<Wave> SendAsync(string name, string path, CancellationToken cancellationToken)
    {
        var before = await CountInvocationsAsync(cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await failed.SendAsync(_anyone, $"GET ({function})", request, cancellationToken, HttpStatusCode.OK);
            return response is null ? (double?)null : Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }));
        var wave = new Wave(name, await CountInvocationsAsync(cancellationToken) - before, [.. times.OfType<double>()]);
        if (wave.Times.Count == 0)
        {
            throw new CommandException($"None of {clients} requests in the wave \"{name}\" got status 200.");
        }

        progress.Step($"{name}: {wave.AppRequests:N0} requests reached the app");
        return wave;
    }

    /// <summary>
    /// Reads the app's own invocation count. The app writes the count in batches, so this method waits until the count stops growing.
    /// </summary>
    private async Task<long> CountInvocationsAsync(CancellationToken cancellationToken)
    {
        var stable = 0;
        for (var last = -1L; ;)
        {
            using var response = await failed.SendUntilExpectedAsync(
                _observer, "GET api/cold-starts", () => new(HttpMethod.Get, "api/cold-starts"), cancellationToken, HttpStatusCode.OK);
            var report = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var now = report.GetProperty("functions").EnumerateArray()
                .Where(each => each.GetProperty("name").GetString() == function)
                .Select(each => each.GetProperty("count").GetInt64())
                .SingleOrDefault();
            stable = now == last ? stable + 1 : 0;
            if (stable == StableReads)
            {
                return now;
            }

            last = now;
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public void Dispose()
    {
        _anyone.Dispose();
        _observer.Dispose();
    }
}

/// <summary>The results of requests that were sent at the same time.</summary>
/// <param name="AppRequests">The number of requests that reached the app.</param>
/// <param name="Times">The completion times, in milliseconds since the first request, of the responses with status 200.</param>
internal sealed record Wave(string Name, long AppRequests, IReadOnlyList<double> Times)
{
    /// <summary>The columns of <see cref="AddTo"/>.</summary>
    public static readonly string[] Columns = ["status 200", "reached the app", "p50 ms", "p99 ms", "last ms"];

    /// <param name="share">The percentile as a fraction, such as 0.99 for the 99th percentile. 1 selects the last response.</param>
    public double Percentile(double share) => Measurement.Statistics.Percentile.Of(Times, share);

    public void AddTo(MarkdownTable table) =>
        table.Add(Name, $"{Times.Count:N0}", $"{AppRequests:N0}", $"{Percentile(0.5):N0}", $"{Percentile(0.99):N0}", $"{Percentile(1):N0}");
}
