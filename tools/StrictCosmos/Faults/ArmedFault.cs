namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>A fault that is waiting for requests. Disposing disarms it.</summary>
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

    /// <summary>How often it has struck.</summary>
    public int Hits => Volatile.Read(ref _hits);

    public void Dispose() => _owner.Disarm(this);

    /// <summary>Called under the owner's lock.</summary>
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
