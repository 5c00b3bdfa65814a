using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Metering;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>What a server is doing, for tests in another process.</summary>
internal sealed record ServerStatus
{
    public required string WriteRegion { get; init; }

    public required IReadOnlyList<RegionStatus> Regions { get; init; }

    public required IReadOnlyDictionary<string, MeterReading> Operations { get; init; }

    public required IReadOnlyList<PartitionReading> Partitions { get; init; }

    public static ServerStatus Of(StrictCosmosServer server) => new()
    {
        WriteRegion = server.Regions.WriteRegion.Name,
        Regions = [.. server.Regions.All.Select(region => new RegionStatus(region.Name, region.Endpoint, region.IsOnline))],
        Operations = Enum.GetValues<CosmosOperations>()
            .Where(kind => System.Numerics.BitOperations.IsPow2((int)kind))
            .ToDictionary(kind => kind.ToString(), server.Meters.Of),
        Partitions = server.ReadPartitions(),
    };
}

internal sealed record RegionStatus(string Name, Uri Endpoint, bool IsOnline);
