namespace ServerlessScale.Shared.Cart;

/// <summary>Waits between attempts to write what others are writing too: longer each time, and never as long as they do.</summary>
internal sealed class WriteContention(TimeProvider time)
{
    private const int MostAttempts = 60;
    private const int LongestMilliseconds = 200;

    private int _attempts;

    /// <returns>False when it was in vain so often that the client should hear of it.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (++_attempts == MostAttempts)
        {
            return false;
        }

        var ceiling = Math.Min(LongestMilliseconds, 4 << Math.Min(_attempts, 8));
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(ceiling)), time, cancellationToken);
        return true;
    }
}
