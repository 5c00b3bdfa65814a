namespace ServerlessScale.ColdStart.Statistics;

/// <summary>What the runs of a subject come to, in the unit of the values. Percentiles are nearest-rank.</summary>
internal sealed record Summary
{
    public required int Count { get; init; }

    public required double Min { get; init; }

    public required double Median { get; init; }

    public required Interval MedianInterval { get; init; }

    public required double P95 { get; init; }

    public required Interval P95Interval { get; init; }

    public required double P99 { get; init; }

    public required Interval P99Interval { get; init; }

    /// <summary>The 99th percentile, in medians: how much worse an unlucky start is than a usual one.</summary>
    public double TailToMedian => P99 / Median;

    /// <param name="values">At least one, in any order.</param>
    public static Summary Of(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new()
        {
            Count = sorted.Length,
            Min = sorted[0],
            Median = Percentile.Median(sorted),
            MedianInterval = Bootstrap.Of(sorted, resample => Percentile.Median(resample)),
            P95 = Percentile.NearestRank(sorted, 0.95),
            P95Interval = Bootstrap.Of(sorted, resample => Percentile.NearestRank(resample, 0.95)),
            P99 = Percentile.NearestRank(sorted, 0.99),
            P99Interval = Bootstrap.Of(sorted, resample => Percentile.NearestRank(resample, 0.99)),
        };
    }
}
