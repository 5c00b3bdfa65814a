namespace ServerlessScale.StrictCosmos.Metering;

/// <summary>Counts requests and their charges since the start or the last reset.</summary>
internal sealed class Meter
{
    private readonly Lock _gate = new();
    private MeterReading _reading;

    public void Count(double charge)
    {
        lock (_gate)
        {
            _reading = _reading with { Requests = _reading.Requests + 1, RequestUnits = _reading.RequestUnits + charge };
        }
    }

    public void CountThrottled()
    {
        lock (_gate)
        {
            _reading = _reading with { Requests = _reading.Requests + 1, Throttled = _reading.Throttled + 1 };
        }
    }

    public MeterReading Read()
    {
        lock (_gate)
        {
            return _reading;
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _reading = default;
        }
    }
}

/// <param name="Requests">The number of requests, including throttled requests.</param>
/// <param name="RequestUnits">The total charge in RU.</param>
/// <param name="Throttled">The number of requests that were rejected with 429.</param>
public readonly record struct MeterReading(long Requests, double RequestUnits, long Throttled);
