namespace ServerlessScale.Shared.Storage;

/// <summary>
/// Limits the time for which one HTTP request waits for stores that do not respond. An operation makes several calls, and each call retries
/// its attempts, so a limit for each call would still make the client wait for many times this limit.
/// </summary>
/// <remarks>
/// Only attempts without a response count, and a response resets the count. A slow client, a large upload or a long listing therefore does
/// not reach the limit, as long as the stores respond.
/// </remarks>
public sealed class StorageWait : IDisposable
{
    private static readonly AsyncLocal<StorageWait?> Ambient = new();

    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _waitedTicks;
    private long _countedUntil;
    private volatile bool _isOver;

    private StorageWait(TimeSpan limit, TimeProvider time) => (_limit, _time) = (limit, time);

    /// <summary>
    /// The wait of the current request; null outside a request. Background work that a request has started has no limit once the request
    /// has ended.
    /// </summary>
    public static StorageWait? Current => Ambient.Value is { _isOver: false } wait ? wait : null;

    /// <summary>The time that is left for attempts without a response; not positive when the limit is reached.</summary>
    public TimeSpan Remaining => _limit - TimeSpan.FromTicks(Interlocked.Read(ref _waitedTicks));

    /// <summary>Begins the wait of a request. The calling method and the methods that it calls share the wait.</summary>
    public static StorageWait Begin(TimeSpan limit, TimeProvider time) => Ambient.Value = new(limit, time);

    /// <summary>
    /// Runs one attempt, and counts its duration if it throws. Time in which several attempts ran in parallel is counted once, because the
    /// client has waited for it only once.
    /// </summary>
    /// <exception cref="StorageWaitException">The limit is reached. The attempt was not made.</exception>
    public async Task AttemptAsync(Func<TimeSpan, Task> attempt)
    {
        var remaining = Remaining;
        if (remaining <= TimeSpan.Zero)
        {
            throw new StorageWaitException();
        }

        var started = _time.GetTimestamp();
        try
        {
            await attempt(remaining);
            Interlocked.Exchange(ref _waitedTicks, 0);
        }
        catch
        {
            lock (_gate)
            {
                var now = _time.GetTimestamp();
                if (now > _countedUntil)
                {
                    Interlocked.Add(ref _waitedTicks, _time.GetElapsedTime(Math.Max(started, _countedUntil), now).Ticks);
                    _countedUntil = now;
                }
            }

            throw;
        }
    }

    /// <summary>
    /// Runs a call of a client library that cannot limit its attempts. Stops waiting at the limit, even if the library ignores its
    /// cancellation token.
    /// </summary>
    /// <exception cref="StorageWaitException">The limit is reached.</exception>
    public static async Task<T> LimitAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (Current is not { } wait)
        {
            return await call(cancellationToken);
        }

        var result = default(T)!;
        await wait.AttemptAsync(async remaining =>
        {
            using var limit = new CancellationTokenSource(remaining, wait._time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                result = await call(either.Token).WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StorageWaitException();
            }
        });
        return result;
    }

    public void Dispose() => _isOver = true;
}

/// <summary>A request has waited for its stores up to its limit.</summary>
public sealed class StorageWaitException() : TimeoutException("The stores did not respond within the time limit of the request.");
