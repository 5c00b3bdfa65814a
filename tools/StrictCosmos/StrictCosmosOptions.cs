namespace ServerlessScale.StrictCosmos;

/// <summary>The settings of a <see cref="StrictCosmosServer"/>.</summary>
public sealed record StrictCosmosOptions
{
    /// <summary>
    /// The port of the account's endpoint on 127.0.0.1. 0 selects a free port. If there are several regions, each region also listens on a
    /// free port of its own.
    /// </summary>
    public int Port { get; init; }

    /// <summary>The account's key in base64. Null creates a random key.</summary>
    public string? Key { get; init; }

    /// <summary>The number of physical partitions of each container, from 1 to 256.</summary>
    public int PhysicalPartitions { get; init; } = 4;

    /// <summary>
    /// The RU/s of each container, which are divided evenly among its physical partitions. This setting overrides the throughput in
    /// requests. When it is null, the throughput of a container comes from the request that created it, or else from its database. A
    /// container without throughput is never throttled.
    /// </summary>
    public int? RequestUnitsPerSecond { get; init; }

    /// <summary>The names of the account's regions. The first region accepts writes.</summary>
    public IReadOnlyList<string> Regions { get; init; } = ["West Europe"];

    /// <summary>
    /// The seed for the random number generator. When a fault has a rate below 1, the generator selects the requests that fail.
    /// </summary>
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
