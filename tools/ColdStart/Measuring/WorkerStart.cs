using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Local;
using ServerlessScale.Local.Host;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Starts a worker process as LocalCloud's host does, without triggers, asks it for one thing and ends it.</summary>
internal static class WorkerStart
{
    /// <exception cref="LocalCloudException">The worker did not come up.</exception>
    /// <exception cref="HttpRequestException">The first request was not answered with success.</exception>
    public static async Task<(StartTimes Times, StartCounts Counts)> MeasureAsync(
        Subject subject, string dataDirectory, CancellationToken cancellationToken)
    {
        var host = HostSettings.Read(subject.Directory, subject.Settings);
        await using var workers = new WorkerSupervisor(subject.Directory, dataDirectory, subject.Settings, NullLoggerFactory.Instance);
        var functions = await workers.StartAsync(cancellationToken);

        HttpInvocations? invocations = null;
        await using var frontEnd = await HttpFrontEnd.StartAsync(
            port: 0,
            host.RoutePrefix,
            functions,
            forwarder => invocations = new HttpInvocations(
                workers, new FunctionInvoker(workers, host.FunctionTimeout, NullLoggerFactory.Instance), forwarder),
            cancellationToken);
        using (invocations)
        using (var client = new HttpClient { BaseAddress = frontEnd.Address })
        {
            var sent = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(subject.FirstRequest, cancellationToken);
            var firstAnswer = Stopwatch.GetElapsedTime(sent);
            answer.EnsureSuccessStatusCode();
            var worker = await workers.GetAsync(TimeSpan.Zero, cancellationToken)
                ?? throw new LocalCloudException($"The worker of {subject.Name} ended after its first answer.");
            using var process = Process.GetProcessById(worker.Process.Id);
            return (Times(worker, firstAnswer, process.TotalProcessorTime), Counts(answer, process.WorkingSet64));
        }
    }

    private static StartTimes Times(Worker worker, TimeSpan firstAnswer, TimeSpan processor)
    {
        var handshake = worker.Channel.Handshake!;
        double Between(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;
        return new()
        {
            StreamOpen = Between(worker.StartedAt, handshake.StreamOpened),
            Initialized = Between(handshake.StreamOpened, handshake.Initialized),
            Indexed = Between(handshake.Initialized, handshake.Indexed),
            Loaded = worker.LoadTime.TotalMilliseconds - Between(worker.StartedAt, handshake.Indexed),
            FirstAnswer = firstAnswer.TotalMilliseconds,
            Processor = processor.TotalMilliseconds,
        };
    }

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
