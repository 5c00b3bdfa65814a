using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Loads;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// The physical partitions of a container. At the start, there are just enough partitions to provide the throughput, and all of them cover
/// position ranges of equal size. A full partition is split into two partitions. The throughput is always divided evenly among all
/// partitions.
/// </summary>
internal sealed class PhysicalPartitions
{
    private const double RetryBytes = 1L << 30;

    private readonly List<ulong> _starts = [];
    private readonly List<PhysicalPartition> _partitions = [];
    private readonly ulong[] _prefixMasks;
    private readonly double _requestUnits;
    private SplitMix64 _random = new(1);

    public PhysicalPartitions(PartitionKey key, double requestUnits)
    {
        _requestUnits = requestUnits;
        _prefixMasks = [.. Enumerable.Range(1, key.Levels).Select(key.PrefixMask)];
        var count = (int)Math.Ceiling(requestUnits / CosmosLimits.PhysicalPartitionRequestUnits);
        for (var i = 0; i < count; i++)
        {
            _starts.Add((ulong)(((UInt128)1 << 64) * (UInt128)i / (UInt128)count));
            _partitions.Add(new PhysicalPartition(new PartitionSample()) { SplitsAt = CosmosLimits.PhysicalPartitionBytes });
        }
    }

    public IReadOnlyList<PhysicalPartition> All => _partitions;

    public int Count => _partitions.Count;

    /// <summary>The request units per second that each partition may spend.</summary>
    public double Budget => _requestUnits / _partitions.Count;

    public int Find(ulong position)
    {
        var index = _starts.BinarySearch(position);
        return index >= 0 ? index : ~index - 1;
    }

    /// <returns>The indexes of the partitions that a query reads, in ascending order and without duplicates.</returns>
    public IReadOnlyList<int> Find(Route route)
    {
        var found = new SortedSet<int>();
        foreach (var range in route.Ranges)
        {
            for (var index = Find(range.First); index <= Find(range.Last); index++)
            {
                found.Add(index);
            }
        }
        return [.. found];
    }

    /// <summary>Adds an order to the partition, and splits the partition if it is full.</summary>
    /// <returns>Whether the partition was split. A split increases the indexes of all later partitions by one.</returns>
    public bool Store(int index, ulong position, int bytes)
    {
        var partition = _partitions[index];
        partition.StoredBytes += bytes;
        partition.Sample.Add(position, bytes, ref _random);
        return partition.StoredBytes >= partition.SplitsAt && TrySplit(index, partition);
    }

    private bool TrySplit(int index, PhysicalPartition full)
    {
        if (full.Sample.Halve(_prefixMasks) is not { } half)
        {
            // A partition with only one logical partition cannot be split. Later orders may belong to other logical partitions, so the
            // split is tried again later.
            full.SplitsAt = full.StoredBytes + RetryBytes;
            return false;
        }
        var above = new PhysicalPartition(full.Sample.SplitAt(half.Start, ref _random))
        {
            StoredBytes = full.StoredBytes * (1 - half.Below),
        };
        full.StoredBytes *= half.Below;
        full.SplitsAt = SplitSize(full);
        above.SplitsAt = SplitSize(above);
        _starts.Insert(index + 1, half.Start);
        _partitions.Insert(index + 1, above);
        return true;
    }

    private static double SplitSize(PhysicalPartition partition) =>
        Math.Max(CosmosLimits.PhysicalPartitionBytes, partition.StoredBytes + RetryBytes);
}
