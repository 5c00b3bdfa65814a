using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// The response headers that describe the invocation: <c>X-Instance-Id</c>, <c>X-Cold-Start: true|false</c> and <c>Server-Timing</c> (W3C
/// Server Timing, durations in milliseconds). The <c>total</c> metric is the time from when the invocation started until the response
/// headers are about to be sent. On a cold start, <c>Server-Timing</c> also lists the startup phases and the counts <c>methodsJitted</c>,
/// <c>assemblies</c> and <c>allocatedBytes</c>. Each count is in the <c>desc</c> parameter of its metric, because the <c>dur</c> parameter
/// is for durations.
/// </summary>
internal static class TimingHeaders
{
    /// <param name="response">The response to which the headers are added. Its headers must not have been sent yet.</param>
    /// <param name="instance">The instance that runs the invocation.</param>
    /// <param name="startedAt">The <see cref="Stopwatch"/> timestamp at which the invocation began.</param>
    /// <param name="coldStart">The startup timeline if the invocation is cold; otherwise null.</param>
    public static void AddTo(HttpResponse response, InstanceId instance, long startedAt, StartupTimeline? coldStart)
    {
        response.Headers["X-Instance-Id"] = instance.Value;
        response.Headers["X-Cold-Start"] = coldStart is null ? "false" : "true";
        response.OnStarting(() =>
        {
            var totalMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
            response.Headers.Append("Server-Timing", coldStart is null ? Duration("total", totalMs) : ColdStart(coldStart, totalMs));
            return Task.CompletedTask;
        });
    }

    private static string ColdStart(StartupTimeline timeline, double totalMs)
    {
        timeline.ResponseStarted();
        var counts = StartupTimeline.Counts();
        IEnumerable<string> metrics =
        [
            Duration("total", totalMs),
            .. timeline.Phases(totalMs).Select(phase => Duration(phase.Name, phase.DurationMs)),
            Count("methodsJitted", counts.MethodsJitted),
            Count("assemblies", counts.Assemblies),
            Count("allocatedBytes", counts.AllocatedBytes),
        ];
        return string.Join(", ", metrics);
    }

    private static string Duration(string name, double milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{name};dur={milliseconds:0.###}");

    private static string Count(string name, long count) => string.Create(CultureInfo.InvariantCulture, $"{name};desc=\"{count}\"");
}
