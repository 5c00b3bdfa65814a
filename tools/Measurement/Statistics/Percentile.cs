namespace ServerlessScale.Measurement.Statistics;

/// <summary>The median and the percentiles of a sample.</summary>
public static class Percentile
{
    /// <summary>The smallest value that at least a share of all values does not exceed (the nearest-rank method).</summary>
    /// <param name="values">At least one, in any order.</param>
    /// <param name="share">More than 0, at most 1: 0.99 for the 99th percentile.</param>
    public static double Of(IEnumerable<double> values, double share) => OfSorted([.. values.Order()], share);

    /// <summary>The middle value, or the mean of the two middle values.</summary>
    /// <param name="values">At least one, in any order.</param>
    public static double Median(IEnumerable<double> values) => MedianOfSorted([.. values.Order()]);

    /// <inheritdoc cref="Of"/>
    /// <param name="sorted">At least one, in ascending order.</param>
    /// <param name="share">More than 0, at most 1.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    /// <inheritdoc cref="Median"/>
    /// <param name="sorted">At least one, in ascending order.</param>
    public static double MedianOfSorted(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
