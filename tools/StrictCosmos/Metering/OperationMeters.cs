using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Metering;

/// <summary>Round trips and RU by kind of request, as clients were answered.</summary>
public sealed class OperationMeters
{
    private static readonly CosmosOperations[] Kinds =
        [.. Enum.GetValues<CosmosOperations>().Where(kind => System.Numerics.BitOperations.IsPow2((int)kind))];

    private readonly Dictionary<CosmosOperations, Meter> _meters = Kinds.ToDictionary(kind => kind, _ => new Meter());

    internal OperationMeters()
    {
    }

    /// <summary>The sum over one kind or several, since the start or the last reset. Lost connections and bad signatures are not counted.</summary>
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

    internal void Count(CosmosOperations operation, GatewayAnswer answer)
    {
        if (answer.Status == 429)
        {
            _meters[operation].CountThrottled();
        }
        else
        {
            _meters[operation].Count(answer.Charge);
        }
    }
}
