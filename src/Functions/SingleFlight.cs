namespace ServerlessScale.Functions;

/// <summary>
/// Lets one run of a costly read answer everybody who asks while it runs, and for a while after, so that a storm of requests
/// does not become a storm on what is read.
/// </summary>
/// <param name="time">Measures the holds.</param>
/// <param name="successHold">How long a run that succeeded answers, from its start.</param>
/// <param name="failureHold">How long a run that failed answers, from its start.</param>
internal sealed class SingleFlight<T>(TimeProvider time, TimeSpan successHold, TimeSpan failureHold)
{
    private readonly Lock _gate = new();
    private Task<T>? _run;
    private long _startedAt;

    /// <param name="read">Starts a run. It takes no token of a caller, as others wait for it too; it must end by itself.</param>
    /// <param name="cancellationToken">Ends the waiting, not the run.</param>
    public Task<T> GetAsync(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_run is null || !Answers(_run))
            {
                _startedAt = time.GetTimestamp();
                _run = read();
            }

            return _run.WaitAsync(cancellationToken);
        }
    }

    private bool Answers(Task<T> run) =>
        !run.IsCompleted || time.GetElapsedTime(_startedAt) < (run.IsCompletedSuccessfully ? successHold : failureHold);
}
