using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>
/// Sends two waves of requests to one cloud. The cache is empty before the first wave. The second wave can be served from the response that
/// was stored during the first wave.
/// </summary>
internal sealed class WaveBench(int clients, FailedRequests failed, IMeasurementProgress progress)
{
    private const string Function = "GetVariant";

    /// <summary>
    /// The number of consecutive reads that must return the same invocation count before the count is considered final.
    /// </summary>
    private const int StableReads = 10;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);

    public async Task<Wave[]> RunAsync(string name, bool edge, bool cached, CancellationToken cancellationToken)
    {
        var root = Repository.FindRoot();
        var rules = Path.Combine(root, "infra", "edge-rules.json");
        using var own = new TemporaryRules(rules);
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AppDirectory = await ReleaseApp.BuildAsync(progress.Say, cancellationToken),
                Edge = edge,
                EdgeRulesPath = cached ? rules : own.WithoutCache(),
                Progress = progress.Say,
            },
            cancellationToken);
        using var client = cloud.CreateClient(cloud.Token());
        using var anonymous = cloud.CreateClient();
        var variant = await UploadAsync(client, await File.ReadAllBytesAsync(Path.Combine(root, "docs", "sample.jpg"), cancellationToken), cancellationToken);
        return
        [
            await SendWaveAsync($"{name}: first wave", client, anonymous, variant, cancellationToken),
            await SendWaveAsync($"{name}: second wave", client, anonymous, variant, cancellationToken),
        ];
    }

    /// <exception cref="CommandException">Every request failed.</exception>
    private async Task<Wave> SendWaveAsync(
        string name, HttpClient client, HttpClient anonymous, string variant, CancellationToken cancellationToken)
    {
        var before = await CountInvocationsAsync(client, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, variant);
            using var response = await failed.SendAsync(anonymous, "GET /images/{id}/{variant}", request, cancellationToken, HttpStatusCode.OK);
            return response is null ? (double?)null : Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }));
        var wave = new Wave(name, await CountInvocationsAsync(client, cancellationToken) - before, [.. times.OfType<double>()]);
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
    private async Task<long> CountInvocationsAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var stable = 0;
        for (var last = -1L; ;)
        {
            var report = await ReadAsync(client, "GET api/cold-starts", "api/cold-starts", cancellationToken);
            var now = report.GetProperty("functions").EnumerateArray()
                .Where(function => function.GetProperty("name").GetString() == Function)
                .Select(function => function.GetProperty("count").GetInt64())
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

    /// <returns>The URL path of the uploaded image's first variant.</returns>
    /// <exception cref="CommandException">The image was not ready within two minutes.</exception>
    private async Task<string> UploadAsync(HttpClient client, byte[] photograph, CancellationToken cancellationToken)
    {
        using var accepted = await failed.SendUntilExpectedAsync(
            client,
            "POST api/images",
            () => new(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            cancellationToken,
            HttpStatusCode.OK, HttpStatusCode.Accepted);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString();
        for (var limit = DateTimeOffset.UtcNow + ReadyLimit; DateTimeOffset.UtcNow < limit;)
        {
            var image = await ReadAsync(client, "GET api/images/{id}", $"api/images/{id}", cancellationToken);
            if (image.GetProperty("status").GetString() == "ready")
            {
                return image.GetProperty("variants")[0].GetProperty("url").GetString()!;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        throw new CommandException($"The uploaded image was not ready within {ReadyLimit.TotalMinutes:0} minutes.");
    }

    private async Task<JsonElement> ReadAsync(HttpClient client, string name, string path, CancellationToken cancellationToken)
    {
        using var response = await failed.SendUntilExpectedAsync(client, name, () => new(HttpMethod.Get, path), cancellationToken, HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>A temporary copy of the repository's edge rules in which caching is disabled for every route.</summary>
    private sealed class TemporaryRules(string rules) : IDisposable
    {
        private readonly string _path = Path.GetTempFileName();

        public string WithoutCache()
        {
            var document = JsonNode.Parse(File.ReadAllText(rules))!;
            foreach (var route in document["routes"]!.AsArray())
            {
                route!.AsObject().Remove("cache");
            }

            File.WriteAllText(_path, document.ToJsonString());
            return _path;
        }

        public void Dispose() => File.Delete(_path);
    }
}

/// <summary>The results of requests that were sent at the same time.</summary>
/// <param name="AppRequests">The number of requests that reached the app.</param>
/// <param name="Times">The completion times, in milliseconds since the first request, of the responses with status 200.</param>
internal sealed record Wave(string Name, long AppRequests, IReadOnlyList<double> Times)
{
    /// <param name="share">The percentile as a fraction, such as 0.99 for the 99th percentile. 1 selects the last response.</param>
    public double Percentile(double share) => Measurement.Statistics.Percentile.Of(Times, share);
}
