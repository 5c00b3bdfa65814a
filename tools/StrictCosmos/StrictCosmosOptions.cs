namespace ServerlessScale.StrictCosmos;

/// <summary>How a <see cref="StrictCosmosServer"/> is set up.</summary>
public sealed record StrictCosmosOptions
{
    /// <summary>Port of the account's endpoint on 127.0.0.1; 0 takes a free one. Several regions take a free one each besides.</summary>
    public int Port { get; init; }

    /// <summary>The account's key, base 64; null makes up a random one.</summary>
    public string? Key { get; init; }

    /// <summary>Physical partitions of each container.</summary>
    public int PhysicalPartitions { get; init; } = 4;

    /// <summary>
    /// RU/s of each container, shared evenly by its physical partitions, whatever it is created with. Null takes what the
    /// container, or else its database, is created with; without any of these nothing is throttled.
    /// </summary>
    public int? RequestUnitsPerSecond { get; init; }

    /// <summary>Names of the account's regions; the first takes writes.</summary>
    public IReadOnlyList<string> Regions { get; init; } = ["West Europe"];

    /// <summary>For the faults that strike at a rate.</summary>
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
            throw new ArgumentException("An account has at least one region, each with a name of its own.");
        }
    }
}
