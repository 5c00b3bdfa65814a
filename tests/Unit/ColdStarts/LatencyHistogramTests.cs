using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0, 0.5, 0.95, 0.99, 1];

    /// <summary>Generates lists of durations whose logarithms are uniformly distributed between a microsecond and an hour.</summary>
    private static Arbitrary<double[]> Durations =>
        Gen.Choose(0, 1_000_000).Select(n => 0.001 * Math.Pow(3.6e9, n / 1e6)).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void Quantiles_are_within_one_percent_of_exact_quantiles()
    {
        Assert.True(LatencyHistogram.RelativeError < 0.01);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Durations, durations =>
        {
            var histogram = Of(durations);
            var sorted = durations.Order().ToArray();
            return Shares.All(share =>
            {
                var exact = sorted[Math.Max(1, (int)Math.Ceiling(share * sorted.Length)) - 1];
                return Math.Abs(histogram.Quantile(share) - exact) <= exact * LatencyHistogram.RelativeError * (1 + 1e-9);
            });
        }));
    }

    [Fact]
    public void The_sum_of_histograms_equals_one_histogram_of_all_durations()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Durations, Durations, (first, second) =>
        {
            var merged = Of(first);
            merged.Add(Of(second));
            return Same(merged, Of([.. first, .. second]));
        }));
    }

    [Fact]
    public void A_histogram_survives_serialization()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Durations, durations =>
            Same(LatencyHistogram.FromBytes(Of(durations).ToBytes()), Of(durations))));
    }

    [Fact]
    public void A_full_histogram_serializes_to_at_most_8_KB()
    {
        var histogram = new LatencyHistogram();
        for (var duration = 0.0005; duration < 4_000_000; duration *= 1.005)
        {
            for (var i = 0; i < 200; i++)
            {
                histogram.Record(duration);
            }
        }

        Assert.InRange(histogram.ToBytes().Length, 2_000, 8 * 1024);
    }

    [Theory]
    [InlineData(0, 0.001)]
    [InlineData(-5, 0.001)]
    [InlineData(1e12, 3_600_000)]
    public void Out_of_range_durations_are_clamped_to_the_nearest_bound(double duration, double bound)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(duration);

        Assert.Equal(bound, histogram.Quantile(0.5), bound * 0.02);
    }

    [Fact]
    public void An_empty_histogram_has_no_quantiles()
    {
        Assert.Throws<InvalidOperationException>(() => new LatencyHistogram().Quantile(0.5));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 2, 1, 1 })]
    public void Histogram_bytes_with_an_unknown_format_are_rejected(byte[] bytes)
    {
        Assert.Throws<InvalidDataException>(() => LatencyHistogram.FromBytes(bytes));
    }

    private static LatencyHistogram Of(double[] durations)
    {
        var histogram = new LatencyHistogram();
        Array.ForEach(durations, histogram.Record);
        return histogram;
    }

    private static bool Same(LatencyHistogram first, LatencyHistogram second) =>
        first.Count == second.Count && first.ToBytes().SequenceEqual(second.ToBytes());
}
