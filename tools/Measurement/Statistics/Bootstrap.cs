namespace ServerlessScale.Measurement.Statistics;

/// <summary>
/// Computes 95 % confidence intervals by resampling with replacement (the percentile method in Efron and Tibshirani, An Introduction to the
/// Bootstrap, 1993). The method makes no assumption about the distribution, and is therefore suitable for start times and latencies, which
/// are skewed. The random seed is fixed, so that the same values always result in the same interval.
/// </summary>
public static class Bootstrap
{
    private const int Resamples = 4_000;
    private const int Seed = 1993;

    /// <summary>The fraction of the results that lies outside the 95 % interval at each end.</summary>
    private const double Tail = 0.025;

    /// <summary>Computes the confidence interval for a statistic of one sample.</summary>
    /// <param name="values">The sample, which contains at least one value, in any order.</param>
    /// <param name="statistic">Computes the statistic from a resample in ascending order.</param>
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

    /// <summary>Computes the confidence interval for a comparison of the medians of two independent samples.</summary>
    /// <param name="combine">
    /// Computes the comparison, for example the ratio, from the median of <paramref name="a"/> and the median of <paramref name="b"/>.
    /// </param>
    public static Interval OfMedians(IReadOnlyList<double> a, IReadOnlyList<double> b, Func<double, double, double> combine)
    {
        var random = new Random(Seed);
        var (resampleA, resampleB) = (new double[a.Count], new double[b.Count]);
        var results = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            results[i] = combine(
                Percentile.MedianOfSorted(Resample(a, resampleA, random)), Percentile.MedianOfSorted(Resample(b, resampleB, random)));
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
        return new(Percentile.OfSorted(results, Tail), Percentile.OfSorted(results, 1 - Tail));
    }
}
