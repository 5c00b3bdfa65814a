using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Records every invocation of every trigger, and tells HTTP clients how their answer came about.</summary>
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
            Record(context.FunctionDefinition, cold, Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds, failed);
        }
    }

    private void Record(FunctionDefinition function, bool cold, double durationMs, bool failed)
    {
        var (workingSet, managed) = memory.Read();
        var invocation = new InvocationRecord
        {
            Function = function.Name,
            Trigger = FunctionTrigger.Of(function),
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
}
