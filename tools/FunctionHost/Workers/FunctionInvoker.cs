using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>Runs invocations for all trigger types on a worker, and enforces the functionTimeout from host.json.</summary>
internal sealed partial class FunctionInvoker(WorkerSupervisor workers, TimeSpan? functionTimeout, ILoggerFactory loggers)
{
    /// <summary>The time that a timed-out function has to react to its cancellation. After this time, its worker is replaced.</summary>
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger("FunctionHost");

    public static InvocationRequest NewRequest(FunctionDescription function)
    {
        // The worker does not check the trace context for null, so every request has a trace context, even if it is empty.
        var trace = new RpcTraceContext();
        if (Activity.Current is { } activity)
        {
            trace.TraceParent = activity.Id ?? "";
            trace.TraceState = activity.TraceStateString ?? "";
        }

        return new() { InvocationId = Guid.NewGuid().ToString(), FunctionId = function.Id, TraceContext = trace };
    }

    /// <summary>
    /// Waits until the invocation has ended, and returns its outcome. When cancelled, this method asks the worker to stop the function, but
    /// still waits for the function to end.
    /// </summary>
    public async Task<InvocationOutcome> InvokeAsync(
        Worker worker, FunctionDescription function, InvocationRequest request, CancellationToken cancellationToken)
    {
        LogExecuting(function.Name, request.InvocationId);
        var clock = Stopwatch.StartNew();
        var running = worker.Channel.Invoke(request, isHttp: function.Trigger is HttpTrigger);
        using var expiry = functionTimeout is { } limit ? new Timer(_ => Expire(worker, function, request.InvocationId, limit), null, limit, Timeout.InfiniteTimeSpan) : null;
        using var cancellation = cancellationToken.UnsafeRegister(_ => worker.Channel.Cancel(request.InvocationId), null);
        var outcome = await running;
        Log(function, request.InvocationId, outcome, clock.ElapsedMilliseconds);
        return outcome;
    }

    private void Expire(Worker worker, FunctionDescription function, string invocationId, TimeSpan limit)
    {
        worker.Channel.Cancel(invocationId);
        var ended = worker.Channel.TimeOut(invocationId);
        _ = ReplaceUnlessEndedAsync();

        async Task ReplaceUnlessEndedAsync()
        {
            if (await Task.WhenAny(ended, Task.Delay(CancellationGrace)) != ended)
            {
                workers.Replace(worker, $"{function.Name} exceeded functionTimeout ({limit}) and ignored its cancellation");
            }
        }
    }

    private void Log(FunctionDescription function, string invocationId, InvocationOutcome outcome, long milliseconds)
    {
        switch (outcome.Status)
        {
            case InvocationStatus.Succeeded:
                LogExecuted(function.Name, milliseconds, invocationId);
                break;
            case InvocationStatus.Cancelled:
                LogCancelled(function.Name, milliseconds, invocationId);
                break;
            default:
                LogNotExecuted(function.Name, outcome.Status, milliseconds, invocationId, outcome.Error ?? "");
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Executing {Function} ({InvocationId})")]
    private partial void LogExecuting(string function, string invocationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Executed {Function} in {Milliseconds} ms ({InvocationId})")]
    private partial void LogExecuted(string function, long milliseconds, string invocationId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Function} was cancelled after {Milliseconds} ms ({InvocationId})")]
    private partial void LogCancelled(string function, long milliseconds, string invocationId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Function} ended with status {Status} after {Milliseconds} ms ({InvocationId}): {Error}")]
    private partial void LogNotExecuted(string function, InvocationStatus status, long milliseconds, string invocationId, string error);
}

internal enum InvocationStatus
{
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>The worker ended before it reported a result, so the function may have run partially.</summary>
    WorkerLost,

    /// <summary>
    /// The function exceeded the functionTimeout from host.json. If it also ignores its cancellation, its worker is replaced.
    /// </summary>
    TimedOut,
}

/// <param name="Status">The final status of the invocation.</param>
/// <param name="Error">The text of the function's exception, for the log.</param>
internal sealed record InvocationOutcome(InvocationStatus Status, string? Error = null)
{
    public static readonly InvocationOutcome Success = new(InvocationStatus.Succeeded);
}
