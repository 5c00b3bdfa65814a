using System.Diagnostics;
using System.Globalization;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Starts a worker process like the Functions host, but without queue and timer triggers. Then sends one request and stops the process.
/// </summary>
internal static class WorkerStart
{
    /// <exception cref="FunctionHostException">The worker did not start.</exception>
    /// <exception cref="HttpRequestException">The first response did not have a success status.</exception>
    public static async Task<(StartTimes Times, StartCounts Counts)> MeasureAsync(
        Subject subject, string dataDirectory, CancellationToken cancellationToken)
    {
        await using var host = await FunctionAppHost.StartAsync(
            new()
            {
                AppDirectory = subject.Directory,
                Settings = subject.Settings,
                DataDirectory = dataDirectory,
                HttpOnly = true,
            },
            cancellationToken);
        using var client = new HttpClient { BaseAddress = host.Address };
        var sent = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(subject.FirstRequest, cancellationToken);
        var firstResponse = Stopwatch.GetElapsedTime(sent);
        response.EnsureSuccessStatusCode();
        if (host is not { WorkerStart: { } start, WorkerProcessId: { } workerId })
        {
            throw new FunctionHostException($"The worker of {subject.Name} ended after its first response.");
        }

        using var process = Process.GetProcessById(workerId);
        return (Times(start, firstResponse, process.TotalProcessorTime), Counts(response, process.WorkingSet64));
    }

    private static StartTimes Times(WorkerStartTimes start, TimeSpan firstResponse, TimeSpan processor) => new()
    {
        StreamOpen = start.Connected.TotalMilliseconds,
        Initialized = (start.Initialized - start.Connected).TotalMilliseconds,
        Indexed = (start.Indexed - start.Initialized).TotalMilliseconds,
        Loaded = (start.Loaded - start.Indexed).TotalMilliseconds,
        FirstResponse = firstResponse.TotalMilliseconds,
        Processor = processor.TotalMilliseconds,
    };

    private static StartCounts Counts(HttpResponseMessage response, long workingSet) =>
        new(workingSet, Count(response, "methodsJitted"), Count(response, "assemblies"), Count(response, "allocatedBytes"));

    /// <summary>
    /// Reads a figure from a <c>Server-Timing: name;desc="123"</c> header, which the shop sends with the first response from a process.
    /// Returns null when the response does not contain the figure.
    /// </summary>
    private static long? Count(HttpResponseMessage response, string name)
    {
        var prefix = $"{name};desc=\"";
        var metric = response.Headers.TryGetValues("Server-Timing", out var values)
            ? values.SelectMany(value => value.Split(", ")).FirstOrDefault(part => part.StartsWith(prefix, StringComparison.Ordinal))
            : null;
        return metric is null ? null : long.Parse(metric[prefix.Length..].TrimEnd('"'), CultureInfo.InvariantCulture);
    }
}
