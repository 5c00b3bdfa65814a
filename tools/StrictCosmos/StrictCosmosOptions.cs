namespace ServerlessScale.StrictCosmos;

/// <summary>The settings of a <see cref="StrictCosmosServer"/>.</summary>
public sealed record StrictCosmosOptions
{
    /// <summary>The port of the account's endpoint on 127.0.0.1; 0 chooses a free port. If there are several regions, each also listens on a free port.</summary>
    public int Port { get; init; }

    /// <summary>The account's key in base64; null creates a random key.</summary>
    public string? Key { get; init; }

    /// <summary>The number of physical partitions of each container, 1 to 256.</summary>
    public int PhysicalPartitions { get; init; } = 4;

    /// <summary>
    /// The RU/s of each container, divided evenly among its physical partitions. It overrides the throughput in requests. When null, a
    /// container has the throughput with which it, or else its database, is created. A container without throughput is never throttled.
    /// </summary>
    public int? RequestUnitsPerSecond { get; init; }

    /// <summary>The names of the account's regions. The first region accepts writes.</summary>
    public IReadOnlyList<string> Regions { get; init; } = ["West Europe"];

    /// <summary>The seed of the random numbers that decide which requests fail at a fault's rate.</summary>
    public int Seed { get; init; } = 1;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PhysicalPartitions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PhysicalPartitions, 256);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(RequestUnitsPerSecond ?? 1);
        if (Regions.Count == 0 || Regions.Distinct(StringComparer.Ordinal).Count() != Regions.Count)
        {
            throw new ArgumentException("An account must have at least one region, and the names of its regions must differ.");
        }
    }
}
