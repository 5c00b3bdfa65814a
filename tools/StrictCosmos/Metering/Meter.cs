namespace ServerlessScale.StrictCosmos.Metering;

/// <summary>Counts what is done, until it is reset.</summary>
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
