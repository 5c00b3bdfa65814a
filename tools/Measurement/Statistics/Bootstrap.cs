namespace ServerlessScale.Measurement.Statistics;

/// <summary>
/// Confidence intervals by resampling with replacement (the percentile method of Efron and Tibshirani, An Introduction to the Bootstrap,
/// 1993). The method needs no assumption about the distribution, and start times and latencies are skewed. The random numbers have a
/// fixed seed, so that the same values always give the same interval.
/// </summary>
public static class Bootstrap
{
    private const int Resamples = 4_000;
    private const int Seed = 1993;

    /// <summary>The share of results that is cut off at each end of a 95 % interval.</summary>
    private const double Tail = 0.025;

    /// <summary>The interval of a statistic of one sample.</summary>
    /// <param name="values">At least one, in any order.</param>
    /// <param name="statistic">Receives a resample in ascending order.</param>
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

    /// <summary>The interval of a comparison of the medians of two independent samples.</summary>
    /// <param name="combine">Receives the median of <paramref name="a"/> and that of <paramref name="b"/>, and returns such as their ratio.</param>
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
