namespace ServerlessScale.ColdStart;

/// <summary>What a subject's runs come to, in milliseconds.</summary>
/// <param name="P95">The smallest value that at least 95 % of the runs do not exceed (nearest rank).</param>
internal sealed record Summary(double Min, double Median, double P95)
{
    /// <param name="values">At least one.</param>
    public static Summary Of(IEnumerable<TimeSpan> values)
    {
        double[] sorted = [.. values.Select(value => value.TotalMilliseconds).Order()];
        var middle = sorted.Length / 2;
        return new Summary(
            sorted[0],
            sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
            sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1]);
    }
}
