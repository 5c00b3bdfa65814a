namespace ServerlessScale.Local.Lab.State;

/// <summary>The events of a system. The last 200 are kept, so that a reader that polls often enough misses none. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class LabEvents(TimeProvider time)
{
    private const int Kept = 200;

    private readonly Lock _gate = new();
    private readonly Queue<LabEvent> _events = new();
    private long _last;

    public void Add(string kind, string text, string? app = null, string? instance = null)
    {
        lock (_gate)
        {
            _events.Enqueue(new(++_last, time.GetUtcNow(), kind, text, app, instance));
            if (_events.Count > Kept)
            {
                _events.Dequeue();
            }
        }
    }

    /// <summary>Returns the kept events after the event with the given number, oldest first.</summary>
    public IReadOnlyList<LabEvent> After(long id)
    {
        lock (_gate)
        {
            return [.. _events.Where(each => each.Id > id)];
        }
    }

    /// <summary>Returns the most recent events, oldest first.</summary>
    public IReadOnlyList<LabEvent> Latest(int count)
    {
        lock (_gate)
        {
            return [.. _events.TakeLast(count)];
        }
    }
}
