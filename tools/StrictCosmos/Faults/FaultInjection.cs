namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>Injects faults and latency into requests. Faults and latency can be changed at any time.</summary>
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

    /// <summary>The latency that is added to every request for items.</summary>
    public TimeSpan Latency
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _latencyTicks));
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            Interlocked.Exchange(ref _latencyTicks, value.Ticks);
        }
    }

    /// <summary>Arms a fault. When several faults match a request, the fault that was armed first takes effect.</summary>
    /// <exception cref="ArgumentException">
    /// The service never responds with this status after it has applied an operation, or a property is out of range.
    /// </exception>
    public ArmedFault Inject(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Moment == FaultMoment.AfterApplying && fault.Kind is FaultKind.Throttled or FaultKind.RetryWith)
        {
            throw new ArgumentException("The service responds with 429 and 449 only before it applies an operation.", nameof(fault));
        }
        if (fault.Rate is not (> 0 and <= 1) || fault.Count is <= 0 || fault.RetryAfter < TimeSpan.Zero || fault.On == CosmosOperations.None)
        {
            throw new ArgumentException(
                "A fault must have a rate above 0 and at most 1, a positive count, a RetryAfter of at least 0, and at least one operation.",
                nameof(fault));
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

/// <summary>A fault that affects requests until it is disposed.</summary>
public sealed class ArmedFault : IDisposable
{
    private readonly FaultInjection _owner;
    private readonly Random _random;
    private int _hits;

    internal ArmedFault(Fault fault, FaultInjection owner, Random random)
    {
        Fault = fault;
        _owner = owner;
        _random = random;
    }

    public Fault Fault { get; }

    /// <summary>The number of requests that failed because of this fault.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public void Dispose() => _owner.Disarm(this);

    /// <summary>
    /// Decides whether the fault makes a request fail. If it does, counts the request. The caller must hold the owner's lock.
    /// </summary>
    internal bool Strikes(FaultMoment moment, CosmosOperations operation)
    {
        if (moment != Fault.Moment || (Fault.On & operation) == 0 || _hits >= Fault.Count
            || (Fault.Rate < 1 && _random.NextDouble() >= Fault.Rate))
        {
            return false;
        }
        _hits++;
        return true;
    }
}
