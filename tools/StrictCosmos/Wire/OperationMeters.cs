using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Metering;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Counts the responses that the server has sent, and their charges, for each kind of request.</summary>
public sealed class OperationMeters
{
    private static readonly CosmosOperations[] Kinds =
        [.. Enum.GetValues<CosmosOperations>().Where(kind => System.Numerics.BitOperations.IsPow2((int)kind))];

    private readonly Dictionary<CosmosOperations, Meter> _meters = Kinds.ToDictionary(kind => kind, _ => new Meter());

    internal OperationMeters()
    {
    }

    /// <summary>
    /// Returns the number of requests of the given kinds, and their total RU, since the start or the last reset. Excludes requests whose
    /// connection was closed without a response and requests with an invalid signature.
    /// </summary>
    public MeterReading Of(CosmosOperations operations) =>
        _meters.Where(meter => operations.HasFlag(meter.Key)).Select(meter => meter.Value.Read()).Aggregate(
            default(MeterReading),
            (sum, reading) => new MeterReading(sum.Requests + reading.Requests, sum.RequestUnits + reading.RequestUnits, sum.Throttled + reading.Throttled));

    public void Reset()
    {
        foreach (var meter in _meters.Values)
        {
            meter.Reset();
        }
    }

    internal void Count(CosmosOperations operation, GatewayResponse response)
    {
        if (response.Status == 429)
        {
            _meters[operation].CountThrottled();
        }
        else
        {
            _meters[operation].Count(response.Charge);
        }
    }
}

/// <summary>The number of items in a physical partition, and its requests since the start.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="Container">The name of the container.</param>
/// <param name="Id">The id of the partition key range.</param>
/// <param name="Items">The number of items.</param>
/// <param name="Reading">The requests and their charges.</param>
public sealed record PartitionReading(string Database, string Container, string Id, int Items, MeterReading Reading);
