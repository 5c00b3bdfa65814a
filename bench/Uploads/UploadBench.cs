using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Bench.Uploads;

/// <summary>A local cloud, with the app built in Release, that images are sent to.</summary>
internal sealed class UploadBench : IAsyncDisposable
{
    private const int WarmUps = 3;

    /// <summary>Between two looks at the status: finer than what is measured, and cheap for the app.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly LocalCloud _cloud;
    private readonly HttpClient _client;
    private readonly int _worker;

    private UploadBench(LocalCloud cloud)
    {
        _cloud = cloud;
        _client = cloud.CreateClient(cloud.Token());
        _worker = cloud.WorkerProcessId!.Value;
    }

    /// <param name="pollingMilliseconds">Instead of host.json's <c>maxPollingInterval</c>; null leaves that.</param>
    public static async Task<UploadBench> StartAsync(int? pollingMilliseconds, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>();
        if (pollingMilliseconds is { } interval)
        {
            settings["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] =
                TimeSpan.FromMilliseconds(interval).ToString("c", CultureInfo.InvariantCulture);
        }

        return new(await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AppDirectory = await FunctionAppBuild.BuildAsync(Repository.FindRoot(), cancellationToken),
                Settings = settings,
                Progress = Console.Error.WriteLine,
            },
            cancellationToken));
    }

    public async Task<IReadOnlyList<Latency>> TimeUploadsAsync(byte[] photograph, int uploads, CancellationToken cancellationToken)
    {
        var latencies = new List<Latency>();
        for (var upload = -WarmUps; upload < uploads; upload++)
        {
            var latency = await TimeUploadAsync(new ByteArrayContent(photograph), "image/jpeg", Look, cancellationToken);
            if (upload >= 0)
            {
                latencies.Add(latency);
            }
        }

        return latencies;
    }

    public Task UploadAtOnceAsync(IEnumerable<string> files, CancellationToken cancellationToken) =>
        Task.WhenAll(files.Select(file => TimeUploadAsync(
            new StreamContent(File.OpenRead(file)),
            Path.GetExtension(file) == ".png" ? "image/png" : "image/jpeg",
            TimeSpan.FromSeconds(1),
            cancellationToken)));

    /// <summary>The most resident memory that the worker has had since its start, in megabytes (10^6 bytes).</summary>
    /// <exception cref="LocalCloudException">The worker was lost, and with it what it had.</exception>
    public double PeakMegabytes()
    {
        if (_cloud.WorkerProcessId != _worker)
        {
            throw new LocalCloudException("The worker died and was replaced during the run.");
        }

        return PeakMemory.BytesOf(_worker) / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task<Latency> TimeUploadAsync(HttpContent body, string contentType, TimeSpan look, CancellationToken cancellationToken)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        var started = Stopwatch.GetTimestamp();
        using var answer = await _client.PostAsync("api/images", body, cancellationToken);
        var image = await ReadAsync(answer, cancellationToken);
        while (image.Status is not (ImageStatus.Ready or ImageStatus.Failed))
        {
            await Task.Delay(look, cancellationToken);
            using var status = await _client.GetAsync($"api/images/{image.Id}", cancellationToken);
            image = await ReadAsync(status, cancellationToken);
        }

        return image.Status == ImageStatus.Ready
            ? new Latency(Stopwatch.GetElapsedTime(started), image.Timings!)
            : throw new LocalCloudException($"An image failed: {image.Error!.Detail}");
    }

    private static async Task<ImageAnswer> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new LocalCloudException(
                $"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return (await answer.Content.ReadFromJsonAsync(AnswerJson.Default.ImageAnswer, cancellationToken))!;
    }
}
