using System.Diagnostics;
using System.Globalization;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Starts a worker process as the Functions host does, without triggers, asks it for one thing and ends it.</summary>
internal static class WorkerStart
{
    /// <exception cref="FunctionHostException">The worker did not come up.</exception>
    /// <exception cref="HttpRequestException">The first request was not answered with success.</exception>
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
        using var answer = await client.GetAsync(subject.FirstRequest, cancellationToken);
        var firstAnswer = Stopwatch.GetElapsedTime(sent);
        answer.EnsureSuccessStatusCode();
        if (host is not { WorkerStart: { } start, WorkerProcessId: { } workerId })
        {
            throw new FunctionHostException($"The worker of {subject.Name} ended after its first answer.");
        }

        using var process = Process.GetProcessById(workerId);
        return (Times(start, firstAnswer, process.TotalProcessorTime), Counts(answer, process.WorkingSet64));
    }

    private static StartTimes Times(WorkerStartTimes start, TimeSpan firstAnswer, TimeSpan processor) => new()
    {
        StreamOpen = start.Connected.TotalMilliseconds,
        Initialized = (start.Initialized - start.Connected).TotalMilliseconds,
        Indexed = (start.Indexed - start.Initialized).TotalMilliseconds,
        Loaded = (start.Loaded - start.Indexed).TotalMilliseconds,
        FirstAnswer = firstAnswer.TotalMilliseconds,
        Processor = processor.TotalMilliseconds,
    };

    private static StartCounts Counts(HttpResponseMessage answer, long workingSet) =>
        new(workingSet, Count(answer, "methodsJitted"), Count(answer, "assemblies"), Count(answer, "allocatedBytes"));

    /// <summary>From <c>Server-Timing: name;desc="123"</c>, where the app tells on its first answer.</summary>
    private static long? Count(HttpResponseMessage answer, string name)
    {
        var prefix = $"{name};desc=\"";
        var metric = answer.Headers.TryGetValues("Server-Timing", out var values)
            ? values.SelectMany(value => value.Split(", ")).FirstOrDefault(part => part.StartsWith(prefix, StringComparison.Ordinal))
            : null;
        return metric is null ? null : long.Parse(metric[prefix.Length..].TrimEnd('"'), CultureInfo.InvariantCulture);
    }
}
