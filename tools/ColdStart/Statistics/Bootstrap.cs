namespace ServerlessScale.ColdStart.Statistics;

/// <summary>
/// Confidence intervals by resampling with replacement (Efron and Tibshirani, An Introduction to the Bootstrap, 1993: the percentile
/// method). They assume nothing of the distribution, which for cold starts is skewed. The same values give the same interval.
/// </summary>
internal static class Bootstrap
{
    private const int Resamples = 4_000;
    private const int Seed = 1993;
    private const double Outside = 0.025;

    /// <summary>A statistic of one sample.</summary>
    /// <param name="values">At least one, in any order.</param>
    /// <param name="statistic">Gets a sorted resample.</param>
    public static Interval Of(IReadOnlyList<double> values, Func<double[], double> statistic)
    {
        var random = new Random(Seed);
        var resample = new double[values.Count];
        var results = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            results[i] = statistic(Resample(values, resample, random));
        }

        return Middle(results);
    }

    /// <summary>What lies between the medians of two samples that know nothing of each other: <c>combine(median a, median b)</c>.</summary>
    public static Interval OfMedians(IReadOnlyList<double> a, IReadOnlyList<double> b, Func<double, double, double> combine)
    {
        var random = new Random(Seed);
        var (resampleA, resampleB) = (new double[a.Count], new double[b.Count]);
        var results = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            results[i] = combine(
                Percentile.Median(Resample(a, resampleA, random)), Percentile.Median(Resample(b, resampleB, random)));
        }

        return Middle(results);
    }

    private static double[] Resample(IReadOnlyList<double> values, double[] resample, Random random)
    {
        for (var i = 0; i < resample.Length; i++)
        {
            resample[i] = values[random.Next(values.Count)];
        }

        Array.Sort(resample);
        return resample;
    }

    private static Interval Middle(double[] results)
    {
        Array.Sort(results);
        return new(Percentile.NearestRank(results, Outside), Percentile.NearestRank(results, 1 - Outside));
    }
}
