namespace ServerlessScale.ColdStart.Statistics;

/// <summary>Two samples of the same thing, e.g. of a run and an earlier one.</summary>
/// <param name="Ratio">The second's median, in medians of the first.</param>
/// <param name="RatioInterval">Of the ratio, by bootstrap.</param>
/// <param name="P">By Mann and Whitney's test, two-sided.</param>
internal sealed record Comparison(double MedianA, double MedianB, double Ratio, Interval RatioInterval, double P)
{
    private const double Significance = 0.05;

    /// <summary>Both say so: the interval leaves 1 out, and chance alone would do it less than once in twenty times.</summary>
    public bool BeyondNoise => !RatioInterval.Contains(1) && P < Significance;

    /// <param name="a">At least one value.</param>
    /// <param name="b">At least one value.</param>
    public static Comparison Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var (medianA, medianB) = (Percentile.Median([.. a.Order()]), Percentile.Median([.. b.Order()]));
        return new(medianA, medianB, medianB / medianA, Bootstrap.OfMedians(a, b, (x, y) => y / x), MannWhitney.Test(a, b).P);
    }
}
