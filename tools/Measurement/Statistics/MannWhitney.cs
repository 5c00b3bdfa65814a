namespace ServerlessScale.Measurement.Statistics;

/// <summary>
/// The result of the Mann-Whitney U test (1947). It tests whether the values of one sample tend to be larger than the values of another
/// sample. The test uses the normal approximation with corrections for ties and continuity, like the asymptotic method of
/// scipy.stats.mannwhitneyu. Because of the approximation, each sample should have at least eight values.
/// </summary>
/// <param name="U">
/// The number of pairs in which the value from the first sample is larger. A pair of equal values counts as one half.
/// </param>
/// <param name="P">
/// The two-sided p-value. It is the probability of a difference at least this large if both samples come from the same distribution.
/// </param>
public sealed record MannWhitney(double U, double P)
{
    public static MannWhitney Test(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var all = a.Select(value => (Value: value, First: true)).Concat(b.Select(value => (Value: value, First: false)))
            .OrderBy(entry => entry.Value).ToArray();
        double rankSum = 0;
        double ties = 0;
        for (var start = 0; start < all.Length;)
        {
            var end = start;
            while (end < all.Length && all[end].Value == all[start].Value)
            {
                end++;
            }

            // Equal values get the mean of their ranks.
            double count = end - start;
            var rank = (start + 1 + end) / 2d;
            rankSum += rank * all[start..end].Count(entry => entry.First);
            ties += (count * count * count) - count;
            start = end;
        }

        double n = all.Length;
        var pairs = (double)a.Count * b.Count;
        var u = rankSum - (a.Count * (a.Count + 1) / 2d);
        var variance = pairs / 12 * (n + 1 - (ties / (n * (n - 1))));
        if (variance <= 0)
        {
            return new(u, 1);
        }

        var z = (Math.Abs(u - (pairs / 2)) - 0.5) / Math.Sqrt(variance);
        return new(u, Math.Min(1, ComplementaryError(z / Math.Sqrt(2))));
    }

    /// <summary>
    /// Computes the complementary error function with a relative error below 1.2e-7 (Numerical Recipes in C, 2nd edition, section 6.2).
    /// </summary>
    private static double ComplementaryError(double x)
    {
        double[] coefficients =
            [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
        var t = 1 / (1 + (0.5 * Math.Abs(x)));
        var polynomial = 0d;
        for (var i = coefficients.Length - 1; i >= 0; i--)
        {
            polynomial = coefficients[i] + (t * polynomial);
        }

        var result = t * Math.Exp((-x * x) + polynomial);
        return x >= 0 ? result : 2 - result;
    }
}
