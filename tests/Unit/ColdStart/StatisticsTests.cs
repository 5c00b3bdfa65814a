using ServerlessScale.ColdStart.Statistics;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class StatisticsTests
{
    private static readonly double[] OneToTwenty = [.. Enumerable.Range(1, 20).Select(value => (double)value)];

    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.5, 10)]
    [InlineData(0.95, 19)]
    [InlineData(0.951, 20)]
    [InlineData(1, 20)]
    public void A_percentile_is_the_smallest_value_that_the_share_does_not_exceed(double q, double expected) =>
        Assert.Equal(expected, Percentile.NearestRank(OneToTwenty, q));

    [Fact]
    public void The_median_of_an_even_number_of_values_is_the_mean_of_the_two_in_the_middle()
    {
        Assert.Equal(10.5, Percentile.Median(OneToTwenty));
        Assert.Equal(3, Percentile.Median([1, 3, 100]));
    }

    [Fact]
    public void The_tail_is_given_in_medians()
    {
        var summary = Summary.Of([30, 10, 20, 10, 10]);

        Assert.Equal((10, 10, 30), (summary.Min, summary.Median, summary.P99));
        Assert.Equal(3, summary.TailToMedian);
    }

    // U and p as scipy.stats.mannwhitneyu(males, females, method="asymptotic") documents them for its own example.
    [Fact]
    public void Mann_and_Whitneys_test_agrees_with_scipys_documented_example()
    {
        var test = MannWhitney.Test([19, 22, 16, 29, 24], [20, 11, 17, 12]);

        Assert.Equal(17, test.U);
        Assert.Equal(0.11134688653314041, test.P, 1e-6);
    }

    // By hand: pooled 1 2 2 3 3 3 4 5, ranks 1 2.5 2.5 5 5 5 7 8; the first sample's are 1+2.5+5+5 = 13.5, so U = 3.5; the ties'
    // terms are 2^3-2 + 3^3-3 = 30, so the variance is 16/12 * (9 - 30/56) = 11.2857, z = (4.5-0.5)/3.3594 = 1.1907, p = 0.2338.
    [Fact]
    public void Ties_share_their_ranks_and_lessen_the_variance()
    {
        var test = MannWhitney.Test([1, 2, 3, 3], [2, 3, 4, 5]);

        Assert.Equal(3.5, test.U);
        Assert.Equal(0.2338, test.P, 1e-4);
    }

    [Fact]
    public void Equal_samples_are_no_evidence_at_all()
    {
        Assert.Equal(1, MannWhitney.Test([5, 5, 5], [5, 5, 5]).P);
        Assert.Equal(1, MannWhitney.Test(OneToTwenty, OneToTwenty).P);
    }

    // The exact interval of a median of n values is between order statistics: for n = 20 the binomial distribution puts 95.9 % between
    // the 6th and the 15th. The bootstrap must come out near it.
    [Fact]
    public void The_bootstrap_interval_of_a_median_is_near_the_exact_one()
    {
        var interval = Bootstrap.Of(OneToTwenty, resample => Percentile.Median(resample));

        Assert.InRange(interval.Low, 5.5, 7);
        Assert.InRange(interval.High, 14, 15.5);
    }

    [Fact]
    public void The_bootstrap_interval_covers_the_true_median_about_as_often_as_it_claims()
    {
        var random = new Random(7);
        var covered = Enumerable.Range(0, 300).Count(_ =>
        {
            // Exponentially distributed, as skewed as cold starts; its median is ln 2.
            double[] values = [.. Enumerable.Range(0, 30).Select(_ => -Math.Log(1 - random.NextDouble()))];
            return Bootstrap.Of(values, resample => Percentile.Median(resample)).Contains(Math.Log(2));
        });

        Assert.InRange(covered / 300d, 0.90, 0.99);
    }

    [Fact]
    public void The_same_values_give_the_same_interval() =>
        Assert.Equal(Summary.Of(OneToTwenty).P95Interval, Summary.Of(OneToTwenty).P95Interval);

    [Fact]
    public void A_shift_well_above_the_noise_is_told_apart_and_its_ratio_found()
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
    public void Samples_of_one_distribution_are_rarely_told_apart()
    {
        var random = new Random(11);
        double[] Draw() => [.. Enumerable.Range(0, 25).Select(_ => 400 + (40 * random.NextDouble()))];

        var falseAlarms = Enumerable.Range(0, 200).Count(_ => Comparison.Of(Draw(), Draw()).BeyondNoise);

        // 5 % are expected of either test alone.
        Assert.InRange(falseAlarms, 0, 20);
    }
}
