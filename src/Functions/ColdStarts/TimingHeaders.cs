using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// <c>X-Instance-Id</c>, <c>X-Cold-Start: true|false</c> and <c>Server-Timing</c> (W3C Server Timing, durations in
/// milliseconds): <c>total</c> until the answer's headers were sent, and on a cold start its phases so far.
/// </summary>
internal static class TimingHeaders
{
    public static void AddTo(HttpResponse response, InstanceId instance, long startedAt, StartupTimeline? coldStart)
    {
        response.Headers["X-Instance-Id"] = instance.Value;
        response.Headers["X-Cold-Start"] = coldStart is null ? "false" : "true";
        response.OnStarting(() =>
        {
            var totalMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
            IEnumerable<StartupPhase> metrics = [new("total", totalMs), .. coldStart?.Phases(totalMs) ?? []];
            response.Headers.Append("Server-Timing", string.Join(", ", metrics.Select(
                metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Name};dur={metric.DurationMs:0.###}"))));
            return Task.CompletedTask;
        });
    }
}
