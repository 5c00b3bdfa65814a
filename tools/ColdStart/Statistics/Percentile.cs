namespace ServerlessScale.ColdStart.Statistics;

/// <summary>Order statistics of values that are sorted already.</summary>
internal static class Percentile
{
    /// <summary>The smallest value that at least the share <paramref name="q"/> of the values does not exceed (nearest rank).</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="q">More than 0, at most 1.</param>
    public static double NearestRank(ReadOnlySpan<double> sorted, double q) => sorted[(int)Math.Ceiling(q * sorted.Length) - 1];

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static double Median(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
