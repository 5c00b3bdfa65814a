using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Bench.Uploads;

/// <summary>Uploads images to a Release build of the app in a local cloud.</summary>
internal sealed class UploadBench : IAsyncDisposable
{
    private const int WarmUps = 3;

    /// <summary>
    /// The interval at which a timed upload polls the image's status. It adds little to the measured times, because it is much shorter than
    /// they are. It is also long enough that polling hardly loads the app.
    /// </summary>
    private static readonly TimeSpan TimedPollInterval = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan BurstPollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UpgradeLimit = TimeSpan.FromMinutes(2);

    private readonly LocalCloud _cloud;
    private readonly HttpClient _client;
    private readonly HttpClient _storage = new();
    private readonly FailedRequests _failed;
    private readonly int _worker;

    private UploadBench(LocalCloud cloud, FailedRequests failed)
    {
        (_cloud, _failed) = (cloud, failed);
        _client = cloud.CreateClient(cloud.Token());
        _worker = cloud.WorkerProcessId!.Value;
    }

    /// <param name="pollingMilliseconds">The value for <c>maxPollingInterval</c>, or null for LocalCloud's value.</param>
    public static async Task<UploadBench> StartAsync(
        int? pollingMilliseconds, FailedRequests failed, Action<string> say, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>();
        if (pollingMilliseconds is { } interval)
        {
            settings["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] =
                TimeSpan.FromMilliseconds(interval).ToString("c", CultureInfo.InvariantCulture);
        }

        return new(
            await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    AppDirectory = await ReleaseApp.BuildAsync(say, cancellationToken),
                    Settings = settings,
                    Progress = say,
                },
                cancellationToken),
            failed);
    }

    /// <summary>Times uploads one after another. Each one begins when the upgrade of the previous image has ended.</summary>
    /// <exception cref="CommandException">No upload succeeded.</exception>
    public async Task<IReadOnlyList<Latency>> TimeUploadsAsync(
        byte[] photograph, int uploads, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Begin(WarmUps + uploads);
        var latencies = new List<Latency>();
        for (var upload = -WarmUps; upload < uploads; upload++)
        {
            var latency = await UploadAsync(new ByteArrayContent(photograph), "image/jpeg", TimedPollInterval, cancellationToken);
            if (upload >= 0 && latency is not null)
            {
                latencies.Add(latency);
            }

            await WaitForUpgradeAsync(latency, cancellationToken);

            progress.Step(latency is null ? "failed" : $"ready after {latency.Total.TotalMilliseconds:0} ms");
        }

        return latencies.Count > 0 ? latencies : throw new CommandException($"None of {uploads} uploads became ready.");
    }

    /// <summary>
    /// Times pairs of uploads. The first upload of a pair finds an idle app. The second one begins when the first image is ready, which is when
    /// its upgrade begins.
    /// </summary>
    /// <exception cref="CommandException">No pair succeeded.</exception>
    public async Task<IReadOnlyList<(Latency Idle, Latency Busy)>> TimePairsAsync(
        byte[] photograph, int pairs, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Begin(WarmUps + pairs);
        var latencies = new List<(Latency, Latency)>();
        for (var pair = -WarmUps; pair < pairs; pair++)
        {
            var idle = await UploadAsync(new ByteArrayContent(photograph), "image/jpeg", TimedPollInterval, cancellationToken);
            var busy = await UploadAsync(new ByteArrayContent(photograph), "image/jpeg", TimedPollInterval, cancellationToken);
            if (pair >= 0 && idle is not null && busy is not null)
            {
                latencies.Add((idle, busy));
            }

            await WaitForUpgradeAsync(idle, cancellationToken);
            await WaitForUpgradeAsync(busy, cancellationToken);
            progress.Step(idle is null || busy is null ? "failed" : $"{idle.Total.TotalMilliseconds:0} and {busy.Total.TotalMilliseconds:0} ms");
        }

        return latencies.Count > 0 ? latencies : throw new CommandException($"None of {pairs} pairs became ready.");
    }

    /// <returns>The number of images that became ready.</returns>
    public async Task<int> UploadAtOnceAsync(IReadOnlyCollection<string> files, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        progress.Begin(files.Count);
        var latencies = await Task.WhenAll(files.Select(async file =>
        {
            var latency = await UploadAsync(
                new StreamContent(File.OpenRead(file)),
                Path.GetExtension(file) == ".png" ? "image/png" : "image/jpeg",
                BurstPollInterval,
                cancellationToken,
                direct: true);
            progress.Step(Path.GetFileName(file));
            return latency;
        }));
        return latencies.Count(latency => latency is not null);
    }

    /// <returns>The worker's peak resident memory since its start, in megabytes (10^6 bytes).</returns>
    /// <exception cref="CommandException">The worker was restarted during the run, so its peak memory is unknown.</exception>
    public double PeakMegabytes()
    {
        if (_cloud.WorkerProcessId != _worker)
        {
            throw new CommandException("The worker was restarted during the run, so its peak memory is unknown.");
        }

        return PeakMemory.BytesOf(_worker) / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _storage.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task WaitForUpgradeAsync(Latency? uploaded, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (uploaded is not null && Stopwatch.GetElapsedTime(started) < UpgradeLimit)
        {
            using var poll = new HttpRequestMessage(HttpMethod.Get, $"api/images/{uploaded.Id}");
            using var status = await _failed.SendAsync(_client, "GET api/images/{id}", poll, cancellationToken, HttpStatusCode.OK);
            if (status is not null && (await ReadAsync(status, cancellationToken)).UpgradedAt is not null)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }

        if (uploaded is not null)
        {
            _failed.Add("an image", "not upgraded", $"no upgrade after {UpgradeLimit.TotalMinutes:0} minutes");
        }
    }

    /// <returns>The latency, or null when the upload or the processing of the image failed. Failures are counted.</returns>
    private async Task<Latency?> UploadAsync(
        HttpContent body, string contentType, TimeSpan pollInterval, CancellationToken cancellationToken, bool direct = false)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        using var worker = Process.GetProcessById(_worker);
        var before = worker.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        using var accepted = direct
            ? await UploadToStorageAsync(body, contentType, cancellationToken)
            : await SendAsync("POST api/images", new(HttpMethod.Post, "api/images") { Content = body }, cancellationToken);
        if (accepted is null)
        {
            return null;
        }

        var image = await ReadAsync(accepted, cancellationToken);
        while (image.Status is not (ImageStatus.Ready or ImageStatus.Failed) && Stopwatch.GetElapsedTime(started) < ReadyLimit)
        {
            await Task.Delay(pollInterval, cancellationToken);
            using var poll = new HttpRequestMessage(HttpMethod.Get, $"api/images/{image.Id}");
            using var status = await _failed.SendAsync(_client, "GET api/images/{id}", poll, cancellationToken, HttpStatusCode.OK);
            image = status is null ? image : await ReadAsync(status, cancellationToken);
        }

        if (image.Status == ImageStatus.Ready)
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            worker.Refresh();
            return new Latency(image.Id, elapsed, image.Timings!, worker.TotalProcessorTime - before);
        }

        _failed.Add("an image", "not ready", image.Error?.Detail ?? $"status {image.Status} after {ReadyLimit.TotalMinutes:0} minutes");
        return null;
    }

    /// <summary>Uploads an image directly to storage. The image may be larger than the limit of <c>POST /api/images</c>.</summary>
    private async Task<HttpResponseMessage?> UploadToStorageAsync(HttpContent body, string contentType, CancellationToken cancellationToken)
    {
        using var offered = await SendAsync(
            "POST api/uploads",
            new(HttpMethod.Post, "api/uploads")
            {
                Content = JsonContent.Create(new(contentType, body.Headers.ContentLength!.Value), ImageResponseJson.Default.UploadRequest),
            },
            cancellationToken);
        if (offered is null)
        {
            return null;
        }

        var upload = (await offered.Content.ReadFromJsonAsync(ImageResponseJson.Default.UploadResponse, cancellationToken))!;
        var put = new HttpRequestMessage(HttpMethod.Put, upload.UploadUrl) { Content = body };
        foreach (var (name, value) in upload.Headers)
        {
            put.Headers.TryAddWithoutValidation(name, value);
        }

        using var stored = await _failed.SendAsync(_storage, "PUT to storage", put, cancellationToken, HttpStatusCode.Created);
        return stored is null
            ? null
            : await SendAsync("POST api/uploads/{id}/complete", new(HttpMethod.Post, $"api/uploads/{upload.Id}/complete"), cancellationToken);
    }

    private Task<HttpResponseMessage?> SendAsync(string name, HttpRequestMessage request, CancellationToken cancellationToken) =>
        _failed.SendAsync(_client, name, request, cancellationToken, HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted);

    private static async Task<ImageResponse> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        (await response.Content.ReadFromJsonAsync(ImageResponseJson.Default.ImageResponse, cancellationToken))!;
}

/// <summary>The time between the upload of one image and the moment when it was ready.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Total">The time from the start of the upload until a response reported the status <c>ready</c>.</param>
/// <param name="Phases">The times of the individual phases, which the app measured.</param>
/// <param name="Processor">The processor time of the worker meanwhile, on all cores.</param>
internal sealed record Latency(string Id, TimeSpan Total, ImageTimings Phases, TimeSpan Processor);

/// <summary>The members that the benchmark reads in responses to <c>POST /api/images</c> and <c>GET /api/images/{id}</c>.</summary>
internal sealed record ImageResponse(string Id, ImageStatus Status, ImageError? Error, ImageTimings? Timings, DateTimeOffset? UpgradedAt);

/// <summary>The body of <c>POST /api/uploads</c>.</summary>
internal sealed record UploadRequest(string ContentType, long Bytes);

/// <summary>The response to <c>POST /api/uploads</c>.</summary>
internal sealed record UploadResponse(string Id, Uri UploadUrl, IReadOnlyDictionary<string, string> Headers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImageResponse))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadResponse))]
internal sealed partial class ImageResponseJson : JsonSerializerContext;
