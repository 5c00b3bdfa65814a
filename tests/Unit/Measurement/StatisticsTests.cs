using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Tests.Unit.Measurement;

public sealed class StatisticsTests
{
    private static readonly double[] OneToTwenty = [.. Enumerable.Range(1, 20).Select(value => (double)value)];

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.5, 10)]
    [InlineData(0.95, 19)]
    [InlineData(0.951, 20)]
    [InlineData(1, 20)]
    public void Percentiles_use_the_nearest_rank(double q, double expected) =>
        Assert.Equal(expected, Percentile.Of(OneToTwenty.Reverse(), q));

    [Fact]
    public void The_median_of_an_even_sample_averages_the_middle_values()
    {
        Assert.Equal(10.5, Percentile.Median(OneToTwenty));
        Assert.Equal(3, Percentile.Median([1, 3, 100]));
    }

    [Fact]
    public void TailToMedian_is_the_99th_percentile_divided_by_the_median()
    {
        var summary = Summary.Of([30, 10, 20, 10, 10]);

        Assert.Equal((10, 10, 30), (summary.Min, summary.Median, summary.P99));
        Assert.Equal(3, summary.TailToMedian);
    }

    // The expected U and p come from the example in the documentation of scipy.stats.mannwhitneyu, with method="asymptotic".
    [Fact]
    public void Mann_Whitney_agrees_with_the_documented_example_from_scipy()
    {
        var test = MannWhitney.Test([19, 22, 16, 29, 24], [20, 11, 17, 12]);

        Assert.Equal(17, test.U);
        Assert.Equal(0.11134688653314041, test.P, 1e-6);
    }

    // The expected values were computed by hand. The pooled values are 1 2 2 3 3 3 4 5, and their ranks are 1 2.5 2.5 5 5 5 7 8. The ranks
    // of the first sample sum to 1 + 2.5 + 5 + 5 = 13.5, so U = 3.5. The ties contribute 2^3-2 + 3^3-3 = 30, so the variance is
    // 16/12 * (9 - 30/56) = 11.2857. Then z = (4.5-0.5)/3.3594 = 1.1907 and p = 0.2338.
    [Fact]
    public void Mann_Whitney_corrects_for_ties()
    {
        var test = MannWhitney.Test([1, 2, 3, 3], [2, 3, 4, 5]);

        Assert.Equal(3.5, test.U);
        Assert.Equal(0.2338, test.P, 1e-4);
    }

    [Fact]
    public void Equal_samples_have_a_p_value_of_one()
    {
        Assert.Equal(1, MannWhitney.Test([5, 5, 5], [5, 5, 5]).P);
        Assert.Equal(1, MannWhitney.Test(OneToTwenty, OneToTwenty).P);
    }

    // The exact interval of a median lies between two order statistics. For n = 20, the binomial distribution puts 95.9 % between the
    // 6th and the 15th value.
    [Fact]
    public void The_bootstrap_interval_is_close_to_the_exact_interval()
    {
        var interval = Bootstrap.Of(OneToTwenty, resample => Percentile.MedianOfSorted(resample));

        Assert.InRange(interval.Low, 5.5, 7);
        Assert.InRange(interval.High, 14, 15.5);
    }

    [Fact]
    public void The_bootstrap_interval_contains_the_true_median_as_often_as_claimed()
    {
        var random = new Random(7);
        var covered = Enumerable.Range(0, 300).Count(_ =>
        {
            // Like cold start times, the exponential distribution is skewed. Its median is ln 2.
            double[] values = [.. Enumerable.Range(0, 30).Select(_ => -Math.Log(1 - random.NextDouble()))];
            return Bootstrap.Of(values, resample => Percentile.MedianOfSorted(resample)).Contains(Math.Log(2));
        });

        Assert.InRange(covered / 300d, 0.90, 0.99);
    }

    [Fact]
    public void The_bootstrap_is_repeatable() =>
        Assert.Equal(Summary.Of(OneToTwenty).P95Interval, Summary.Of(OneToTwenty).P95Interval);

    [Fact]
    public void A_difference_above_the_noise_is_detected()
    {
        double[] a = [.. OneToTwenty.Select(value => 400 + value)];
        double[] b = [.. a.Select(value => value * 1.1)];

        var comparison = Comparison.Of(a, b);

        Assert.True(comparison.BeyondNoise);
        Assert.Equal(1.1, comparison.Ratio, 1e-9);
        Assert.True(comparison.RatioInterval.Contains(1.1));
        Assert.True(comparison.P < 0.001);
    }

    [Fact]
    public void Samples_from_the_same_distribution_rarely_differ_beyond_noise()
    {
        var random = new Random(11);
        double[] Draw() => [.. Enumerable.Range(0, 25).Select(_ => 400 + (40 * random.NextDouble()))];

        var falseAlarms = Enumerable.Range(0, 200).Count(_ => Comparison.Of(Draw(), Draw()).BeyondNoise);

        // Each method alone would find a difference in 5 % of the pairs, which is 10 of 200 pairs.
        Assert.InRange(falseAlarms, 0, 20);
    }
}
