namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>Faults on demand. May be changed at any time.</summary>
public sealed class FaultInjection
{
    private readonly Lock _gate = new();
    private readonly List<ArmedFault> _armed = [];
    private readonly Random _random;
    private long _latencyTicks;

    internal FaultInjection(int seed)
    {
        _random = new Random(seed);
    }

    /// <summary>Added to every request that concerns items.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _latencyTicks));
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            Interlocked.Exchange(ref _latencyTicks, value.Ticks);
        }
    }

    /// <summary>Arms a fault; of several that match, the one armed first strikes.</summary>
    /// <exception cref="ArgumentException">When the fault is one that the service never shows.</exception>
    public ArmedFault Inject(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Moment == FaultMoment.AfterApplying && fault.Kind is FaultKind.Throttled or FaultKind.RetryWith)
        {
            throw new ArgumentException("The service answers 429 and 449 only before it has applied anything.", nameof(fault));
        }
        if (fault.Rate is not (> 0 and <= 1) || fault.Count is <= 0 || fault.RetryAfter < TimeSpan.Zero || fault.On == CosmosOperations.None)
        {
            throw new ArgumentException("A fault has a rate above 0 and up to 1, a positive count, a wait that is not negative, and operations.", nameof(fault));
        }
        var armed = new ArmedFault(fault, this, _random);
        lock (_gate)
        {
            _armed.Add(armed);
        }
        return armed;
    }

    /// <summary>Disarms all faults and removes the latency.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _armed.Clear();
        }
        Latency = TimeSpan.Zero;
    }

    internal Fault? Strike(FaultMoment moment, CosmosOperations operation)
    {
        lock (_gate)
        {
            return _armed.Find(armed => armed.Strikes(moment, operation))?.Fault;
        }
    }

    internal void Disarm(ArmedFault armed)
    {
        lock (_gate)
        {
            _armed.Remove(armed);
        }
    }
}
