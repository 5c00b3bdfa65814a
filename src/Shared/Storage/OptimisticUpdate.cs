namespace ServerlessScale.Shared.Storage;

/// <summary>
/// Optimistic concurrency: read, decide, and write on the condition that nothing has changed since the read. When another writer was
/// quicker, waits a random time and starts over. The waits double up to a second, so that many writers of one row spread out instead
/// of colliding again. All attempts together take some twelve seconds, in which a store that needs 100 milliseconds for a read and a
/// write serves more than a hundred writers of the same row.
/// </summary>
internal static class OptimisticUpdate
{
    private const int MostAttempts = 32;
    private const int FirstWaitMilliseconds = 8;
    private const int LongestWaitMilliseconds = 1000;

    /// <param name="read">Reads what the change is based on; called anew for each attempt.</param>
    /// <param name="tryChange">
    /// Decides by what was read and writes conditionally. Returns <c>Done</c> true with the result when the write succeeded or none was
    /// needed, and false when the condition was not met.
    /// </param>
    /// <param name="exhausted">The result when every attempt has failed; null throws a <see cref="ContentionException"/> instead.</param>
    /// <param name="time">The clock of the waits; null for the system's.</param>
    /// <exception cref="ContentionException">Every attempt has failed, and <paramref name="exhausted"/> is null.</exception>
    public static async Task<TResult> RunAsync<TRead, TResult>(
        Func<Task<TRead>> read,
        Func<TRead, Task<(bool Done, TResult Result)>> tryChange,
        CancellationToken cancellationToken,
        Func<TResult>? exhausted = null,
        TimeProvider? time = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (done, result) = await tryChange(await read());
            if (done)
            {
                return result;
            }

            if (attempt == MostAttempts)
            {
                return exhausted is not null ? exhausted() : throw new ContentionException();
            }

            await Task.Delay(RandomWait(attempt), time ?? TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Between zero and a ceiling that doubles with each attempt.</summary>
    private static TimeSpan RandomWait(int attempt)
    {
        var ceiling = Math.Min(LongestWaitMilliseconds, FirstWaitMilliseconds << Math.Min(attempt - 1, 10));
        return TimeSpan.FromMilliseconds(Random.Shared.Next(ceiling + 1));
    }
}

/// <summary>
/// Other writers changed the same data during every attempt of an <see cref="OptimisticUpdate"/>. An HTTP function responds with 503
/// <c>contention</c>; a queue's message is delivered again.
/// </summary>
public sealed class ContentionException() : Exception("Other requests changed the same data during every attempt to change it.");
