namespace ServerlessScale.Measurement.Statistics;

/// <summary>Computes the median and the percentiles of a sample.</summary>
public static class Percentile
{
    /// <summary>Computes a percentile by the nearest-rank method.</summary>
    /// <param name="values">The sample, which contains at least one value, in any order.</param>
    /// <param name="share">The percentile as a fraction above 0 and at most 1, for example 0.99 for the 99th percentile.</param>
    public static double Of(IEnumerable<double> values, double share) => OfSorted([.. values.Order()], share);

    /// <summary>Computes the median. It is the middle value, or the mean of the two middle values.</summary>
    /// <param name="values">The sample, which contains at least one value, in any order.</param>
    public static double Median(IEnumerable<double> values) => MedianOfSorted([.. values.Order()]);

    /// <inheritdoc cref="Of"/>
    /// <param name="sorted">The sample, which contains at least one value, in ascending order.</param>
    /// <param name="share">The percentile as a fraction above 0 and at most 1.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    /// <inheritdoc cref="Median"/>
    /// <param name="sorted">The sample, which contains at least one value, in ascending order.</param>
    public static double MedianOfSorted(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
