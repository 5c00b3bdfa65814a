namespace ServerlessScale.Shared.Storage;

/// <summary>
/// Changes data with optimistic concurrency: reads the data, decides on the change, and writes the new data only if the old data has not
/// changed since the read. If another writer has changed the data, waits for a random time and starts again. The maximum wait doubles with
/// each attempt, up to one second, so that concurrent writers of one row are unlikely to collide again. All attempts together take about
/// twelve seconds. In that time, a store that needs 100 milliseconds for a read and a write can serve more than a hundred writers of the
/// same row.
/// </summary>
internal static class OptimisticUpdate
{
    private const int MostAttempts = 32;
    private const int FirstWaitMilliseconds = 8;
    private const int LongestWaitMilliseconds = 1000;

    /// <param name="read">Reads the data on which the change is based. Called once per attempt.</param>
    /// <param name="tryChange">
    /// Decides on the change and writes it conditionally. Sets <c>Done</c> to true and returns the result when the write succeeded or was
    /// not needed. Sets <c>Done</c> to false when the data had changed since the read.
    /// </param>
    /// <param name="exhausted">
    /// Returns the result to use when every attempt has failed. When it is null, a <see cref="ContentionException"/> is thrown.
    /// </param>
    /// <param name="time">The clock that measures the waits; null means the system clock.</param>
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

    /// <summary>Returns a random time between zero and a maximum that doubles with each attempt.</summary>
    private static TimeSpan RandomWait(int attempt)
    {
        var ceiling = Math.Min(LongestWaitMilliseconds, FirstWaitMilliseconds << Math.Min(attempt - 1, 10));
        return TimeSpan.FromMilliseconds(Random.Shared.Next(ceiling + 1));
    }
}

/// <summary>
/// The exception that is thrown when other writers changed the same data during every attempt of an <see cref="OptimisticUpdate"/>. If an
/// HTTP function throws it, the response is a 503 <c>contention</c> problem. If a queue function throws it, the queue delivers the message
/// again.
/// </summary>
public sealed class ContentionException() : Exception("Other requests changed the same data during every attempt to change it.");
