namespace ServerlessScale.Measurement.Statistics;

/// <summary>The summary statistics of a sample, in the unit of its values. Percentiles are computed by the nearest-rank method.</summary>
public sealed record Summary
{
    public required int Count { get; init; }

    public required double Min { get; init; }

    public required double Median { get; init; }

    public required Interval MedianInterval { get; init; }

    public required double P95 { get; init; }

    public required Interval P95Interval { get; init; }

    public required double P99 { get; init; }

    public required Interval P99Interval { get; init; }

    /// <summary>
    /// The ratio of the 99th percentile to the median. It shows how much longer the slowest starts take than a typical start.
    /// </summary>
    public double TailToMedian => P99 / Median;

    /// <param name="values">The sample, which contains at least one value, in any order.</param>
    public static Summary Of(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new()
        {
            Count = sorted.Length,
            Min = sorted[0],
            Median = Percentile.MedianOfSorted(sorted),
            MedianInterval = Bootstrap.Of(sorted, resample => Percentile.MedianOfSorted(resample)),
            P95 = Percentile.OfSorted(sorted, 0.95),
            P95Interval = Bootstrap.Of(sorted, resample => Percentile.OfSorted(resample, 0.95)),
            P99 = Percentile.OfSorted(sorted, 0.99),
            P99Interval = Bootstrap.Of(sorted, resample => Percentile.OfSorted(resample, 0.99)),
        };
    }
}
