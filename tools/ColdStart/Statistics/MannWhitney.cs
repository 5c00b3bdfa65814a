namespace ServerlessScale.ColdStart.Statistics;

/// <summary>
/// Whether values of one sample tend to be larger than those of another (Mann and Whitney, 1947), by the normal approximation with
/// corrections for ties and continuity, as scipy.stats.mannwhitneyu's asymptotic method. Made for samples of eight and more.
/// </summary>
/// <param name="U">Pairs in which the value of the first sample is the larger one; equal ones count half.</param>
/// <param name="P">Two-sided: how often chance alone would part the samples at least as much.</param>
internal sealed record MannWhitney(double U, double P)
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

            // Equal values share the mean of the ranks that they take up.
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

    /// <summary>erfc with a relative error below 1.2e-7 (Numerical Recipes in C, 2nd edition, section 6.2).</summary>
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
