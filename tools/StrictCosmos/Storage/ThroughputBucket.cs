namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// A token bucket that limits the RU/s of a physical partition. It refills at a constant rate, and its capacity is the RU for one second.
/// An operation is admitted when the bucket is not empty. The operation can overdraw the bucket, because its charge is known only after it
/// has run.
/// </summary>
internal sealed class ThroughputBucket
{
    private readonly Lock _gate = new();
    private readonly double _rate;
    private readonly TimeProvider _time;
    private double _available;
    private long _filledAt;

    public ThroughputBucket(double requestUnitsPerSecond, TimeProvider time)
    {
        _rate = requestUnitsPerSecond;
        _time = time;
        _available = requestUnitsPerSecond;
        _filledAt = time.GetTimestamp();
    }

    /// <returns>Null when the operation is admitted; otherwise the time for which the client should wait before it retries.</returns>
    public TimeSpan? Admit()
    {
        lock (_gate)
        {
            Refill();
            return _available > 0 ? null : TimeSpan.FromSeconds((1 - _available) / _rate);
        }
    }

    public void Spend(double charge)
    {
        lock (_gate)
        {
            Refill();
            _available -= charge;
        }
    }

    private void Refill()
    {
        var now = _time.GetTimestamp();
        var added = _time.GetElapsedTime(_filledAt, now).TotalSeconds * _rate;
        _available = Math.Min(_rate, _available + added);
        _filledAt = now;
    }
}
