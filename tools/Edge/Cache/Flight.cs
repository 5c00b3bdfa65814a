namespace ServerlessScale.Edge.Cache;

/// <summary>One fetch that several clients wait for. It ends when it is done, or when the last of them has left.</summary>
internal sealed class Flight : IDisposable
{
    /// <summary>How many of those who waited in vain may ask the origin at once.</summary>
    private const int AtOnce = 16;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly SemaphoreSlim _turn = new(AtOnce);
    private readonly TaskCompletionSource<FetchOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _riders = 1;
    private bool _landed;

    public Task<FetchOutcome> Outcome => _outcome.Task;

    /// <summary>For asking the origin by oneself afterwards.</summary>
    public SemaphoreSlim Turn => _turn;

    public CancellationTokenSource Cancellation => _cancellation;

    /// <returns>False when everybody has left.</returns>
    public bool Board()
    {
        lock (_gate)
        {
            if (_riders == 0)
            {
                return false;
            }

            _riders++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (--_riders > 0)
            {
                return;
            }

            if (_landed)
            {
                Dispose();
            }
            else
            {
                // Its callbacks run elsewhere: they may end up here.
                _ = _cancellation.CancelAsync();
            }
        }
    }

    public void Land(FetchOutcome outcome)
    {
        _outcome.SetResult(outcome);
        lock (_gate)
        {
            _landed = true;
            if (_riders == 0)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _turn.Dispose();
    }
}
