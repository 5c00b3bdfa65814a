using System.Diagnostics;
using System.Globalization;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Lab.Starts;

/// <summary>
/// Starts a worker process like the Functions host, but without queue and timer triggers. Then sends one request and stops the process.
/// </summary>
internal static class WorkerStart
{
    /// <param name="name">The name of the app in messages.</param>
    /// <param name="appDirectory">The function app's build or publish output.</param>
    /// <param name="settings">The app settings.</param>
    /// <param name="firstRequest">The path of the first request.</param>
    /// <param name="dataDirectory">A folder that no other instance uses.</param>
    /// <param name="warmRequests">The number of further requests, which are sent one after another to the warm worker.</param>
    /// <param name="cancellationToken">Stops the worker.</param>
    /// <exception cref="FunctionHostException">The worker did not start.</exception>
    /// <exception cref="HttpRequestException">A response did not have a success status.</exception>
    public static async Task<MeasuredStart> MeasureAsync(
        string name, string appDirectory, IReadOnlyDictionary<string, string> settings, string firstRequest, string dataDirectory,
        int warmRequests, CancellationToken cancellationToken)
    {
        await using var host = await FunctionAppHost.StartAsync(
            new()
            {
                AppDirectory = appDirectory,
                Settings = settings,
                DataDirectory = dataDirectory,
                HttpOnly = true,
            },
            cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Address };
        var sent = Stopwatch.GetTimestamp();
        using var response = await client.GetAsync(firstRequest, cancellationToken);
        var firstResponse = Stopwatch.GetElapsedTime(sent);
        response.EnsureSuccessStatusCode();
        if (host is not { WorkerStart: { } start, WorkerProcessId: { } workerId })
        {
            throw new FunctionHostException($"The worker of {name} ended after its first response.");
        }

        using var process = Process.GetProcessById(workerId);
        var (times, counts) = (Times(start, firstResponse, process.TotalProcessorTime), Counts(response, process.WorkingSet64));
        var warm = new List<double>();
        for (var i = 0; i < warmRequests; i++)
        {
            var sentAgain = Stopwatch.GetTimestamp();
            using var again = await client.GetAsync(firstRequest, cancellationToken);
            again.EnsureSuccessStatusCode();
            warm.Add(Stopwatch.GetElapsedTime(sentAgain).TotalMilliseconds);
        }

        return new(times, counts, warm);
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

/// <param name="Times">The phases of the start.</param>
/// <param name="Counts">The figures of the worker at its first response.</param>
/// <param name="WarmMilliseconds">The latency of each further request in milliseconds.</param>
internal sealed record MeasuredStart(StartTimes Times, StartCounts Counts, IReadOnlyList<double> WarmMilliseconds);
