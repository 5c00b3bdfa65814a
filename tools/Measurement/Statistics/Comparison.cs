namespace ServerlessScale.Measurement.Statistics;

/// <summary>A comparison of two samples of the same metric, for example from two runs.</summary>
/// <param name="Ratio"><paramref name="MedianB"/> divided by <paramref name="MedianA"/>.</param>
/// <param name="RatioInterval">The bootstrap confidence interval of the ratio.</param>
/// <param name="P">The two-sided p-value of the Mann-Whitney U test.</param>
public sealed record Comparison(double MedianA, double MedianB, double Ratio, Interval RatioInterval, double P)
{
    private const double Significance = 0.05;

    /// <summary>Whether both methods find a difference. This is true if the interval excludes 1 and the p-value is below 0.05.</summary>
    public bool BeyondNoise => !RatioInterval.Contains(1) && P < Significance;

    /// <param name="a">The first sample, which contains at least one value.</param>
    /// <param name="b">The second sample, which contains at least one value.</param>
    public static Comparison Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var (medianA, medianB) = (Percentile.Median(a), Percentile.Median(b));
        return new(medianA, medianB, medianB / medianA, Bootstrap.OfMedians(a, b, (x, y) => y / x), MannWhitney.Test(a, b).P);
    }
}
