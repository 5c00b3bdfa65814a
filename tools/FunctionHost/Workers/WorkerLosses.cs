namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// Counts the losses of workers as Azure's host does. The third loss ends the host if each loss followed the previous one within 30
/// minutes. A worker that the host itself replaces is not a loss.
/// </summary>
internal sealed class WorkerLosses(TimeProvider time)
{
    private const int Limit = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);
    private DateTimeOffset _last;
    private int _count;

    /// <summary>Records a loss.</summary>
    /// <returns>True if the host must end.</returns>
    public bool Add()
    {
        var now = time.GetUtcNow();
        _count = now - _last > Window ? 1 : _count + 1;
        _last = now;
        return _count >= Limit;
    }

    /// <summary>Resets the count, because a new host has started.</summary>
    public void Clear() => _count = 0;
}
