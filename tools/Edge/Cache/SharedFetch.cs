namespace ServerlessScale.Edge.Cache;

/// <summary>
/// A fetch that several requests wait for. If all of these requests stop waiting before the fetch has completed, the fetch is cancelled.
/// </summary>
internal sealed class SharedFetch(DateTimeOffset startedAt) : IDisposable
{
    /// <summary>The maximum number of waiting requests that are forwarded at the same time if the response cannot be shared.</summary>
    private const int ConcurrentForwards = 16;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly SemaphoreSlim _forwards = new(ConcurrentForwards);
    private readonly TaskCompletionSource<FetchOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting = 1;
    private bool _completed;
    private volatile bool _isOutdated;

    /// <summary>The time at which the fetch was started.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Whether the content has changed since the fetch was started, so that its response must not be stored.</summary>
    public bool IsOutdated => _isOutdated;

    public Task<FetchOutcome> Outcome => _outcome.Task;

    /// <summary>Limits the number of waiting requests that are forwarded at the same time.</summary>
    public SemaphoreSlim Forwards => _forwards;

    public CancellationTokenSource Cancellation => _cancellation;

    /// <summary>Registers another waiting request.</summary>
    /// <returns>False if all waiting requests have already left. The fetch is then being cancelled.</returns>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_waiting == 0)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    public void MarkAsOutdated() => _isOutdated = true;

    public void Leave()
    {
        lock (_gate)
        {
            if (--_waiting > 0)
            {
                return;
            }

            if (_completed)
            {
                Dispose();
            }
            else
            {
                // CancelAsync runs the cancellation callbacks on other threads. A callback on this thread could call Complete while the
                // lock is held.
                _ = _cancellation.CancelAsync();
            }
        }
    }

    public void Complete(FetchOutcome outcome)
    {
        _outcome.SetResult(outcome);
        lock (_gate)
        {
            _completed = true;
            if (_waiting == 0)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _forwards.Dispose();
    }
}
