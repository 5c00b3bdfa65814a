namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>
/// Records the load of each physical partition in each interval of the log. The load of an interval is the load in its busiest second, as
/// a fraction of the partition's budget. When there are too many intervals, neighbouring intervals are merged, so that the timeline can
/// record a log of any length.
/// </summary>
internal sealed class LoadTimeline(long start)
{
    private const int MostIntervals = 240;

    private readonly List<float[]> _rows = [];

    public long Start { get; } = start;

    public int SecondsPerInterval { get; private set; } = 60;

    public int Intervals { get; private set; }

    /// <summary>
    /// A row for each partition, with an entry for each interval. An entry is NaN if the partition did not exist yet in that interval.
    /// </summary>
    public IReadOnlyList<float[]> Rows => _rows;

    /// <summary>
    /// Inserts a partition that exists from the given second on. The indexes of all partitions at or after this index increase by one.
    /// </summary>
    public void Insert(int index, long second)
    {
        var row = new float[MostIntervals];
        row.AsSpan(0, IntervalOf(second)).Fill(float.NaN);
        _rows.Insert(index, row);
    }

    public void Record(int index, long second, double shareOfBudget)
    {
        var interval = IntervalOf(second);
        Intervals = Math.Max(Intervals, interval + 1);
        ref var entry = ref _rows[index][interval];
        // The comparison is negated so that it is also true when the entry is NaN.
        if (!(entry >= shareOfBudget))
        {
            entry = (float)shareOfBudget;
        }
    }

    private int IntervalOf(long second)
    {
        while ((second - Start) / SecondsPerInterval >= MostIntervals)
        {
            SecondsPerInterval *= 2;
            Intervals = (Intervals + 1) / 2;
            foreach (var row in _rows)
            {
                for (var i = 0; i < MostIntervals; i++)
                {
                    row[i] = i < MostIntervals / 2 ? Larger(row[2 * i], row[2 * i + 1]) : 0;
                }
            }
        }
        return (int)((second - Start) / SecondsPerInterval);
    }

    private static float Larger(float a, float b) => float.IsNaN(a) || b > a ? b : a;
}
