namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// The RU/s of one physical partition: refilled evenly, holding at most one second's worth. An operation is let in while
/// anything is left and may overdraw, as its charge is only known afterwards.
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

    /// <returns>Null when let in, otherwise how long to wait.</returns>
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
