using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Counts the operations that would be throttled even if the load were always distributed evenly among all physical partitions. With any
/// partition key, at least this number of operations is throttled.
/// </summary>
internal sealed class EvenSpread(double requestUnits)
{
    private long _second = long.MinValue;
    private double _spent;

    public long Throttled { get; private set; }

    /// <summary>The total request units of all operations in the busiest second.</summary>
    public double Peak { get; private set; }

    public void Apply(ReadOnlySpan<OrderOperation> operations)
    {
        foreach (ref readonly var operation in operations)
        {
            if (operation.Second != _second)
            {
                (_second, _spent) = (operation.Second, 0);
            }
            Throttled += _spent < requestUnits ? 0 : 1;
            _spent += operation.Kind switch
            {
                OperationKind.Create => RequestCharge.Create(operation.Bytes),
                OperationKind.List => RequestCharge.QueriedPartition + RequestCharge.Read(operation.Bytes),
                _ => RequestCharge.Read(operation.Bytes),
            };
            Peak = Math.Max(Peak, _spent);
        }
    }
}
