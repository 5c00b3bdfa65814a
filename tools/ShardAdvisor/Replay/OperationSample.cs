using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// A random sample of a log's operations. Every operation is equally likely to be in the sample (reservoir sampling, Vitter's algorithm R,
/// 1985).
/// </summary>
internal sealed class OperationSample
{
    private const int Size = 1024;

    private readonly List<OrderOperation> _sample = new(Size);
    private SplitMix64 _random = new(3);
    private ulong _seen;

    public IReadOnlyList<OrderOperation> All => _sample;

    public void Add(ReadOnlySpan<OrderOperation> operations)
    {
        foreach (ref readonly var operation in operations)
        {
            _seen++;
            if (_sample.Count < Size)
            {
                _sample.Add(operation);
            }
            else if (_random.NextBelow(_seen) is var slot and < Size)
            {
                _sample[(int)slot] = operation;
            }
        }
    }
}
