using System.Text.Json.Serialization;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Metering;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>The JSON form of a <see cref="Fault"/>. If a member is omitted, the default of the corresponding property applies.</summary>
internal sealed record FaultRequest(
    FaultKind? Kind, FaultMoment? Moment, CosmosOperations? On, double? Rate, int? Count, double? RetryAfterMilliseconds)
{
    /// <exception cref="ArgumentException">The kind is missing.</exception>
    /// <exception cref="OverflowException"><c>retryAfterMilliseconds</c> is too large.</exception>
    public Fault ToFault()
    {
        var fault = new Fault { Kind = Kind ?? throw new ArgumentException("A fault must have a kind."), Count = Count };
        return fault with
        {
            Moment = Moment ?? fault.Moment,
            On = On ?? fault.On,
            Rate = Rate ?? fault.Rate,
            RetryAfter = RetryAfterMilliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : fault.RetryAfter,
        };
    }
}

/// <param name="Milliseconds">The latency that is added to every request for items.</param>
internal sealed record LatencyRequest(double Milliseconds);

/// <summary>The replica lag, as a number of writes or as a time. If neither is given, the lag is removed.</summary>
internal sealed record LagRequest(int? Writes, double? Milliseconds, SessionMiss SessionMiss)
{
    /// <exception cref="ArgumentException">Both members are given, or a value is out of range.</exception>
    public void ApplyTo(Replication replication)
    {
        replication.Lag = (Writes, Milliseconds) switch
        {
            ({ }, { }) => throw new ArgumentException("The lag must be given either in writes or in milliseconds, not in both."),
            ({ } writes, null) => ReplicaLag.OfWrites(writes),
            (null, { } milliseconds) => ReplicaLag.OfTime(TimeSpan.FromMilliseconds(milliseconds)),
            _ => ReplicaLag.None,
        };
        replication.SessionMiss = SessionMiss;
    }
}

/// <param name="Name">The name of the region that is to become the write region.</param>
/// <param name="LosesUnreplicated">Whether to discard the commits that have not been replicated. The default is false.</param>
internal sealed record RegionRequest(string Name, bool LosesUnreplicated = false)
{
    /// <exception cref="ArgumentException">The region does not exist.</exception>
    public void ApplyTo(StrictCosmosServer server)
    {
        if (LosesUnreplicated)
        {
            server.FailOverWithLossTo(Name);
        }
        else
        {
            server.Regions.FailOverTo(Name);
        }
    }
}

/// <summary>The state of the server, for tests that run in another process.</summary>
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

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(LatencyRequest))]
[JsonSerializable(typeof(LagRequest))]
[JsonSerializable(typeof(RegionRequest))]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class ControlJson : JsonSerializerContext;
