namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Gives the upgrades of this process a lower priority than its image jobs. One upgrade runs at a time, and it begins a variant only while
/// no image job is running. The priority of the operating system is not used, because .NET ignores thread priorities on Linux.
/// </summary>
public sealed class UpgradePriority(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private int _jobs;
    private TaskCompletionSource? _idle;

    /// <summary>Marks an image job as running until the result is disposed.</summary>
    public IDisposable BeginJob()
    {
        lock (_lock)
        {
            _jobs++;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return new Ending(EndJob);
    }

    /// <summary>Waits until no other upgrade is running, and reserves the turn until the result is disposed.</summary>
    /// <returns>Null when the turn was not free within <paramref name="patience"/>.</returns>
    public async Task<IDisposable?> TryTakeTurnAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        await _turn.WaitAsync(patience, cancellationToken) ? new Ending(() => _turn.Release()) : null;

    /// <summary>Waits until no image job is running.</summary>
    /// <returns>False when image jobs were running for the whole time of <paramref name="patience"/>.</returns>
    public async Task<bool> TryWaitForJobsAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (RunningJobs() is { } idle)
        {
            var left = patience - time.GetElapsedTime(started);
            try
            {
                await idle.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose() => _turn.Dispose();

    /// <returns>A task that ends with the last running job. Null when no job is running.</returns>
    private Task? RunningJobs()
    {
        lock (_lock)
        {
            return _idle?.Task;
        }
    }

    private void EndJob()
    {
        lock (_lock)
        {
            if (--_jobs == 0)
            {
                _idle!.SetResult();
                _idle = null;
            }
        }
    }

    private sealed class Ending(Action end) : IDisposable
    {
        private int _hasEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                end();
            }
        }
    }
}
