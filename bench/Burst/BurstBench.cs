using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Bench.Burst;

/// <summary>Uploads and reads at random times of given rates, from the first second on, to a shop without an instance.</summary>
internal static class BurstBench
{
    private const double UploadsPerSecond = 2;
    private const double ReadsPerSecond = 20;

    /// <summary>For all messages to be handled and all instances to be stopped.</summary>
    private static readonly TimeSpan ZeroLimit = TimeSpan.FromMinutes(5);

    public static async Task<BurstRecord> RunAsync(int mostInstances, TimeSpan duration, CancellationToken cancellationToken)
    {
        var samples = new ConcurrentQueue<TimedSample>();
        var clock = new Stopwatch();
        var photograph = await File.ReadAllBytesAsync(Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), cancellationToken);
        await using var cloud = await LocalCloud.StartAsync(
            new()
            {
                Scale = new(0, mostInstances),
                OnScaleSample = sample => samples.Enqueue(new(clock.Elapsed, sample)),
            },
            cancellationToken);
        using var http = cloud.CreateClient(cloud.Token());
        clock.Start();
        samples.Clear();

        var answers = await Task.WhenAll(
            SendAsync(http, UploadsPerSecond, isUpload: true, photograph, duration, clock, cancellationToken),
            SendAsync(http, ReadsPerSecond, isUpload: false, photograph, duration, clock, cancellationToken));
        while (cloud.Instances.Count > 0 && clock.Elapsed < duration + ZeroLimit)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        // One more look, at zero.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        return new([.. samples], [.. answers.SelectMany(some => some).OrderBy(answer => answer.Due)], duration);
    }

    private static async Task<TimedAnswer[]> SendAsync(
        HttpClient http, double rate, bool isUpload, byte[] photograph, TimeSpan duration, Stopwatch clock, CancellationToken cancellationToken)
    {
        var random = new Random(isUpload ? 1 : 2);
        var requests = new List<Task<TimedAnswer>>();
        var due = TimeSpan.Zero;
        while ((due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate)) < duration)
        {
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, cancellationToken);
            }

            requests.Add(SendAsync(http, isUpload ? photograph : null, due, clock, cancellationToken));
        }

        return await Task.WhenAll(requests);
    }

    private static async Task<TimedAnswer> SendAsync(
        HttpClient http, byte[]? photograph, TimeSpan due, Stopwatch clock, CancellationToken cancellationToken)
    {
        using var request = photograph is null
            ? new HttpRequestMessage(HttpMethod.Get, "api/orders?month=2026-11")
            : new HttpRequestMessage(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            };
        using var response = await http.SendAsync(request, cancellationToken);
        return new(
            due, clock.Elapsed - due, (int)response.StatusCode, photograph is not null,
            Header(response, "X-Cold-Start") == "true", Header(response, "X-Instance-Id"));
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : "";
}
