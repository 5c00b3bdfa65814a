using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Burst;

/// <summary>
/// Sends uploads and reads, each at random times with a given mean rate, to a shop that has no instance when the first request arrives.
/// </summary>
internal static class BurstBench
{
    private const double UploadsPerSecond = 2;
    private const double ReadsPerSecond = 20;

    /// <summary>The maximum time between the end of the burst and the moment when the last instance has stopped.</summary>
    private static readonly TimeSpan ZeroLimit = TimeSpan.FromMinutes(5);

    public static async Task<BurstRecord> RunAsync(
        int mostInstances, TimeSpan duration, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        var samples = new ConcurrentQueue<TimedSample>();
        var clock = new Stopwatch();
        var photograph = await File.ReadAllBytesAsync(Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), cancellationToken);
        await using var cloud = await LocalCloud.StartAsync(
            new()
            {
                AppDirectory = await ReleaseApp.BuildAsync(progress.Say, cancellationToken),
                Scale = new(0, mostInstances),
                OnScaleSample = sample => samples.Enqueue(new(clock.Elapsed, sample)),
                Progress = progress.Say,
            },
            cancellationToken);
        using var http = cloud.CreateClient(cloud.Token());
        progress.Begin((int)duration.TotalSeconds);
        clock.Start();
        samples.Clear();

        var sending = Task.WhenAll(
            SendAllAsync(http, UploadsPerSecond, isUpload: true, photograph, duration, clock, cancellationToken),
            SendAllAsync(http, ReadsPerSecond, isUpload: false, photograph, duration, clock, cancellationToken));
        for (var second = 0; second < (int)duration.TotalSeconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            progress.Step($"{cloud.Instances.Count} instances");
        }

        var responses = await sending;
        while (cloud.Instances.Count > 0 && clock.Elapsed < duration + ZeroLimit)
        {
            progress.Say($"Waiting for the last of {cloud.Instances.Count} instances to stop.");
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        // The scale controller may take up to two seconds to record a last sample, which shows that no instance is running.
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        return new([.. samples], [.. responses.SelectMany(some => some).OrderBy(response => response.Due)], duration);
    }

    private static async Task<TimedResponse[]> SendAllAsync(
        HttpClient http, double rate, bool isUpload, byte[] photograph, TimeSpan duration, Stopwatch clock, CancellationToken cancellationToken)
    {
        return await OpenLoad.SendAsync(
            OpenLoad.AtRandom(new Random(isUpload ? 1 : 2), rate, duration),
            clock,
            due => SendAsync(http, isUpload ? photograph : null, due, clock, cancellationToken),
            cancellationToken);
    }

    private static async Task<TimedResponse> SendAsync(
        HttpClient http, byte[]? photograph, TimeSpan due, Stopwatch clock, CancellationToken cancellationToken)
    {
        using var request = photograph is null
            ? new HttpRequestMessage(HttpMethod.Get, "api/orders?month=2026-11")
            : new HttpRequestMessage(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return new(
                due, clock.Elapsed - due, (int)response.StatusCode, photograph is not null,
                Header(response, "X-Cold-Start") == "true", Header(response, "X-Instance-Id"));
        }
        catch (Exception failure) when (FailedRequests.IsTransient(failure, cancellationToken))
        {
            return new(due, clock.Elapsed - due, Status: 0, photograph is not null, IsCold: false, Instance: "");
        }
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : "";
}

/// <summary>The samples and responses that were recorded during a burst. All times are measured from the beginning of the burst.</summary>
internal sealed record BurstRecord(IReadOnlyList<TimedSample> Samples, IReadOnlyList<TimedResponse> Responses, TimeSpan Duration);

/// <summary>The values that the scale controller read at one point in time.</summary>
internal sealed record TimedSample(TimeSpan At, ScaleSample Scale);

/// <param name="Due">The time at which the request was due.</param>
/// <param name="Latency">The time from <paramref name="Due"/> until the response was complete.</param>
/// <param name="Status">The HTTP status, or 0 when there was no response.</param>
/// <param name="IsUpload">Whether the request was an upload. All other requests are reads.</param>
/// <param name="IsCold">Whether the response was the first from its process.</param>
/// <param name="Instance">The id of the process that responded.</param>
internal sealed record TimedResponse(TimeSpan Due, TimeSpan Latency, int Status, bool IsUpload, bool IsCold, string Instance);
