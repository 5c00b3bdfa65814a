using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Local;
using ServerlessScale.Local.Host;

namespace ServerlessScale.ColdStart;

/// <summary>Starts a worker process as LocalCloud's host does, without triggers, asks it for one thing and ends it.</summary>
internal static class WorkerStart
{
    /// <exception cref="LocalCloudException">The worker did not come up.</exception>
    /// <exception cref="HttpRequestException">The first request was not answered with success.</exception>
    public static async Task<ColdStartTimes> MeasureAsync(
        Subject subject, string dataDirectory, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var host = HostSettings.Read(subject.Directory, settings);
        await using var workers = new WorkerSupervisor(subject.Directory, dataDirectory, settings, NullLoggerFactory.Instance);
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
            await client.GetByteArrayAsync(subject.FirstRequest, cancellationToken);
            var firstAnswer = Stopwatch.GetElapsedTime(sent);
            var worker = await workers.GetAsync(TimeSpan.Zero, cancellationToken)
                ?? throw new LocalCloudException($"The worker of {subject.Name} ended after its first answer.");
            using var process = Process.GetProcessById(worker.Process.Id);
            return new ColdStartTimes(worker.LoadTime, firstAnswer, process.TotalProcessorTime, process.WorkingSet64);
        }
    }
}
