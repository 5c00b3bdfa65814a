using HdrHistogram;
using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Replays a log with one candidate key. In each second, a physical partition serves operations until its budget is spent. It throttles
/// all further operations in that second (429). A throttled operation adds to the load but is not repeated. A throttled order is stored
/// anyway, because a real client would retry.
/// </summary>
internal sealed class KeyReplay
{
    private const int SecondsPerHour = 3600;

    /// <summary>The upper bound of the histogram. It is larger than the request units of any partition in any second.</summary>
    private const long MostRequestUnits = 1_000_000_000;

    private readonly PhysicalPartitions _partitions;
    private readonly LoadTimeline _timeline;
    private readonly DistinctCount _logical = new();
    private readonly HeaviestKey _heaviest = new();
    private readonly LongHistogram _secondLoads = new(MostRequestUnits, numberOfSignificantValueDigits: 3);
    private readonly int _buckets;
    private SplitMix64 _random = new(2);
    private long _second;
    private int _month;
    private double _hottestHours;
    private double _meanHours;

    public KeyReplay(PartitionKey key, int buckets, double requestUnits, long start)
    {
        Key = key;
        _buckets = buckets;
        _partitions = new PhysicalPartitions(key, requestUnits);
        _timeline = new LoadTimeline(start);
        for (var i = 0; i < _partitions.Count; i++)
        {
            _timeline.Insert(i, start);
        }
        _second = start;
        _month = Month.Of(start);
    }

    public PartitionKey Key { get; }

    public PhysicalPartitions Partitions => _partitions;

    public LoadTimeline Timeline => _timeline;

    public long Operations { get; private set; }

    public long Throttled { get; private set; }

    public double RequestUnits { get; private set; }

    /// <summary>The highest number of request units that operations in one partition needed in one second.</summary>
    public double PeakRequestUnits { get; private set; }

    /// <summary>
    /// The ratio of the load of the hottest partition to the mean load of all partitions. It is computed for each hour, and then averaged
    /// over all hours, weighted by the load in each hour.
    /// </summary>
    public double HottestToMean => _meanHours == 0 ? 1 : _hottestHours / _meanHours;

    public long LogicalPartitions => _logical.Estimate();

    public (long AtLeast, long AtMost) LargestLogicalPartition => _heaviest.Largest();

    /// <summary>
    /// The 99th percentile of the request units per second, over all partitions and all seconds of the log, including seconds without load.
    /// </summary>
    public long P99RequestUnits => _secondLoads.GetValueAtPercentile(99);

    public void Apply(ReadOnlySpan<OrderOperation> operations)
    {
        foreach (ref readonly var operation in operations)
        {
            if (operation.Second != _second)
            {
                Advance(operation.Second);
            }
            Operations++;
            if (operation.Kind == OperationKind.List)
            {
                List(operation);
            }
            else
            {
                Point(operation);
            }
        }
    }

    /// <summary>Completes the figures for the current second and hour. Must be called once, after the last operation of the log.</summary>
    public void Complete()
    {
        EndSecond();
        EndHour();
    }

    private void Point(in OrderOperation operation)
    {
        var bucket = (int)_random.NextBelow((ulong)_buckets);
        var place = Key.Place(new KeyValues(operation.Customer, _month, bucket));
        var index = _partitions.Find(place.Position);
        var create = operation.Kind == OperationKind.Create;
        if (!Grant(index, create ? RequestCharge.Create(operation.Bytes) : RequestCharge.Read(operation.Bytes)))
        {
            Throttled++;
        }
        if (create)
        {
            _logical.Add(place.Logical);
            _heaviest.Add(place.Logical, operation.Bytes);
            if (_partitions.Store(index, place.Position, operation.Bytes))
            {
                _timeline.Insert(index + 1, _second);
            }
        }
    }

    private void List(in OrderOperation operation)
    {
        var touched = _partitions.Find(Key.List(operation.Customer, _month, months: 1));
        var granted = true;
        foreach (var index in touched)
        {
            granted &= Grant(index, RequestCharge.QueriedPartition + RequestCharge.Read(operation.Bytes / touched.Count));
        }
        Throttled += granted ? 0 : 1;
    }

    private bool Grant(int index, double charge)
    {
        var partition = _partitions.All[index];
        var granted = partition.SecondRequestUnits < _partitions.Budget;
        partition.SecondRequestUnits += charge;
        RequestUnits += charge;
        return granted;
    }

    private void Advance(long second)
    {
        EndSecond();
        if (second / SecondsPerHour != _second / SecondsPerHour)
        {
            EndHour();
        }
        _secondLoads.RecordValueWithCount(0, (second - _second - 1) * _partitions.Count);
        _second = second;
        _month = Month.Of(second);
    }

    private void EndSecond()
    {
        var idle = 0;
        var all = _partitions.All;
        for (var index = 0; index < all.Count; index++)
        {
            var partition = all[index];
            var load = partition.SecondRequestUnits;
            if (load == 0)
            {
                idle++;
                continue;
            }
            partition.SecondRequestUnits = 0;
            partition.HourRequestUnits += load;
            partition.RequestUnits += load;
            PeakRequestUnits = Math.Max(PeakRequestUnits, load);
            _secondLoads.RecordValue(Math.Min(MostRequestUnits, (long)Math.Ceiling(load)));
            _timeline.Record(index, _second, load / _partitions.Budget);
        }
        _secondLoads.RecordValueWithCount(0, idle);
    }

    private void EndHour()
    {
        var (hottest, sum) = (0.0, 0.0);
        foreach (var partition in _partitions.All)
        {
            hottest = Math.Max(hottest, partition.HourRequestUnits);
            sum += partition.HourRequestUnits;
            partition.HourRequestUnits = 0;
        }
        _hottestHours += hottest;
        _meanHours += sum / _partitions.Count;
    }
}
