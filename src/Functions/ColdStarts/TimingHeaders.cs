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
/// is for durations. A response that a shared cache may store has none of these headers, because the cache would send them with the responses
/// to all later requests.
/// </summary>
internal static class TimingHeaders
{
    /// <param name="response">The response to which the headers are added. Its headers must not have been sent yet.</param>
    /// <param name="instance">The instance that runs the invocation.</param>
    /// <param name="startedAt">The <see cref="Stopwatch"/> timestamp at which the invocation began.</param>
    /// <param name="coldStart">The startup timeline if the invocation is cold; otherwise null.</param>
    public static void AddTo(HttpResponse response, InstanceId instance, long startedAt, StartupTimeline? coldStart)
    {
        response.OnStarting(() =>
        {
            // The function decides whether the response is cacheable, so the decision is known only now.
            if (IsForSharedCaches(response))
            {
                coldStart?.ResponseStarted();
                return Task.CompletedTask;
            }

            var totalMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
            response.Headers["X-Instance-Id"] = instance.Value;
            response.Headers["X-Cold-Start"] = coldStart is null ? "false" : "true";
            response.Headers.Append("Server-Timing", coldStart is null ? Duration("total", totalMs) : ColdStart(coldStart, totalMs));
            return Task.CompletedTask;
        });
    }

    /// <summary>Returns whether the response is <c>public</c>. All functions mark the responses for shared caches in this way.</summary>
    private static bool IsForSharedCaches(HttpResponse response) =>
        response.Headers.CacheControl.Any(value => value?.Contains("public", StringComparison.OrdinalIgnoreCase) == true);

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
