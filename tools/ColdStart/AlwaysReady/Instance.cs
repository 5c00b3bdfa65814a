namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>One instance during the simulation, all times in seconds.</summary>
/// <param name="alwaysReady">It is there from the beginning and stays.</param>
/// <param name="readyAt">When it can work.</param>
internal sealed class Instance(bool alwaysReady, double readyAt)
{
    private readonly double _readyAt = readyAt;
    private readonly PriorityQueue<double, double> _ends = new();
    private double _busySince = double.NaN;

    public bool AlwaysReady => alwaysReady;

    public int Working => _ends.Count;

    /// <summary>When its last request so far ended or will end; until there is one, when it became ready.</summary>
    public double LastEnd { get; private set; } = readyAt;

    /// <summary>What has been billed for its work.</summary>
    public double BilledSeconds { get; private set; }

    public long Executions { get; private set; }

    /// <summary>Ends what has ended by then.</summary>
    public void Advance(double now, FlexPrices prices)
    {
        while (_ends.TryPeek(out _, out var end) && end <= now)
        {
            _ends.Dequeue();
            if (_ends.Count == 0)
            {
                BilledSeconds += prices.Billable(end - _busySince);
            }
        }
    }

    /// <returns>How long the request waits for the instance to be ready.</returns>
    public double Take(Request request)
    {
        var begin = Math.Max(request.At, _readyAt);
        if (_ends.Count == 0)
        {
            _busySince = begin;
        }

        var end = begin + request.Duration;
        _ends.Enqueue(end, end);
        LastEnd = Math.Max(LastEnd, end);
        Executions++;
        return begin - request.At;
    }
}
