using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Records every invocation of every trigger, and adds the <see cref="TimingHeaders"/> to every HTTP response.</summary>
internal sealed class InvocationMiddleware(
    StartupTimeline timeline,
    InvocationJournal journal,
    InvocationMetrics metrics,
    MemoryGauge memory,
    InstanceId instance,
    TimeProvider time) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var cold = timeline.TryBeginFirstInvocation();
        var startedAt = Stopwatch.GetTimestamp();
        var trigger = TriggerOf(context.FunctionDefinition);
        Describe(Activity.Current, trigger, cold);
        var http = context.GetHttpContext();
        if (http is not null)
        {
            TimingHeaders.AddTo(http.Response, instance, startedAt, cold ? timeline : null);
        }

        var failed = true;
        try
        {
            await next(context);
            failed = http?.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        }
        finally
        {
            Record(context.FunctionDefinition, trigger, cold, Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, failed);
        }
    }

    /// <summary>
    /// Adds the attributes of OpenTelemetry's semantic conventions for FaaS to the span of the invocation. The Functions worker itself adds
    /// <c>faas.name</c> and <c>faas.invocation_id</c>.
    /// </summary>
    private static void Describe(Activity? span, string trigger, bool cold)
    {
        span?.SetTag("faas.trigger", trigger);
        if (cold)
        {
            span?.SetTag("faas.coldstart", true);
        }
    }

    private void Record(FunctionDefinition function, string trigger, bool cold, double durationMs, bool failed)
    {
        var (workingSet, managed) = memory.Read();
        var invocation = new InvocationRecord
        {
            Function = function.Name,
            Trigger = trigger,
            EndedAt = time.GetUtcNow(),
            DurationMs = durationMs,
            Failed = failed,
            WorkingSetBytes = workingSet,
            ManagedBytes = managed,
            ColdPhases = cold ? timeline.Phases(durationMs) : [],
            ColdCounts = cold ? StartupTimeline.Counts() : null,
        };
        metrics.Record(invocation, cold ? timeline.InitSeconds : 0);
        journal.Record(invocation);
    }

    /// <returns>The value of OpenTelemetry's <c>faas.trigger</c> attribute for the function's trigger.</returns>
    private static string TriggerOf(FunctionDefinition function)
    {
        foreach (var binding in function.InputBindings.Values)
        {
            switch (binding.Type.ToLowerInvariant())
            {
                case "httptrigger":
                    return "http";
                case "timertrigger":
                    return "timer";
                case "queuetrigger" or "servicebustrigger" or "eventhubtrigger" or "eventgridtrigger":
                    return "pubsub";
                case "blobtrigger" or "cosmosdbtrigger":
                    return "datasource";
            }
        }

        return "other";
    }
}

/// <summary>
/// Measures the process's memory at most once per second. Each measurement calls the operating system, so measuring on every invocation
/// would slow down warm invocations.
/// </summary>
internal sealed class MemoryGauge(TimeProvider time)
{
    private static readonly TimeSpan MaximumAge = TimeSpan.FromSeconds(1);

    private Sample? _last;

    public (long WorkingSetBytes, long ManagedBytes) Read()
    {
        // No lock is needed. If two threads find concurrently that the sample is too old, the only cost is a second measurement.
        if (_last is not { } sample || time.GetElapsedTime(sample.TakenAt) >= MaximumAge)
        {
            _last = sample = new(time.GetTimestamp(), Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
        }

        return (sample.WorkingSetBytes, sample.ManagedBytes);
    }

    private sealed record Sample(long TakenAt, long WorkingSetBytes, long ManagedBytes);
}
