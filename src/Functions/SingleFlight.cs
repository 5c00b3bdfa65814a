namespace ServerlessScale.Functions;

/// <summary>
/// Shares one run of an expensive read among all callers that arrive during the run and shortly afterwards, so that many concurrent
/// requests cause only one read.
/// </summary>
/// <param name="time">The clock that measures the hold times.</param>
/// <param name="successHold">The period in which the result of a successful run is shared, measured from the start of the run.</param>
/// <param name="failureHold">The period in which the exception of a failed run is shared, measured from the start of the run.</param>
internal sealed class SingleFlight<T>(TimeProvider time, TimeSpan successHold, TimeSpan failureHold)
{
    private readonly Lock _gate = new();
    private Task<T>? _run;
    private long _startedAt;

    /// <param name="read">
    /// Starts a run. The run must not use a caller's cancellation token, because other callers share the run. The run must therefore have
    /// its own time limit.
    /// </param>
    /// <param name="cancellationToken">Cancels this caller's wait, but not the run.</param>
    public Task<T> GetAsync(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_run is null || !IsShared(_run))
            {
                _startedAt = time.GetTimestamp();
                _run = read();
            }

            return _run.WaitAsync(cancellationToken);
        }
    }

    private bool IsShared(Task<T> run) =>
        !run.IsCompleted || time.GetElapsedTime(_startedAt) < (run.IsCompletedSuccessfully ? successHold : failureHold);
}
