using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class AdviceTests
{
    private const long Gigabyte = 1L << 30;

    [Fact]
    public void A_key_that_overflows_is_not_advised_however_well_it_does_otherwise()
    {
        var advice = Advise(Figures("a") with { LargestLogicalBytes = 40 * Gigabyte, LargestLogicalBytesAtLeast = 40 * Gigabyte }, Figures("b", physical: 5));

        Assert.Equal("b", advice.Key);
        Assert.Contains("a: a logical partition reaches 40 GB, and beyond 20 GB orders are refused for good", Reason(advice, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Less_throttling_is_worth_more_partitions_in_a_query_but_a_trace_of_it_is_not()
    {
        Assert.Equal("b", Advise(Figures("a") with { ThrottledShare = 0.02 }, Figures("b", physical: 5)).Key);
        Assert.Equal("a", Advise(Figures("a") with { ThrottledShare = 0.00005 }, Figures("b", physical: 5)).Key);
    }

    [Fact]
    public void What_the_best_key_costs_compared_with_one_that_also_keeps_within_the_limits_is_said()
    {
        const string Price = "That has a price: a customer's year takes 5 physical partitions, and under a 1.";

        Assert.Contains(Price, Advise(Figures("a") with { ThrottledShare = 0.02 }, Figures("b", physical: 5)).Reasons);
        Assert.DoesNotContain(
            Price,
            Advise(Figures("a") with { LargestLogicalBytesAtLeast = 40 * Gigabyte }, Figures("b", physical: 5)).Reasons);
    }

    [Fact]
    public void A_key_whose_partition_is_full_within_years_gives_way_to_one_with_room()
    {
        var advice = Advise(Figures("a") with { YearsUntilFull = 2.5 }, Figures("b", physical: 5));

        Assert.Equal("b", advice.Key);
        Assert.Contains("the largest logical partition is full after 2.5 years", Reason(advice, "a"), StringComparison.Ordinal);
        Assert.Equal("a", Advise(Figures("a") with { YearsUntilFull = 25 }, Figures("b", physical: 5)).Key);
    }

    [Fact]
    public void Among_equals_the_key_whose_queries_look_at_fewer_partitions_is_advised()
    {
        var advice = Advise(Figures("a", physical: 4), Figures("b", physical: 1));

        Assert.Equal("b", advice.Key);
        Assert.Contains("a customer's year takes 4 physical partitions instead of 1", Reason(advice, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_best_key_leaves_to_be_watched_is_said()
    {
        Assert.Contains(
            Advise(Figures("a") with { LargestLogicalBytes = 15 * Gigabyte }).Reasons,
            reason => reason.StartsWith("Watch the largest logical partition: it takes 75% of the limit", StringComparison.Ordinal));
        Assert.Contains(
            Advise(Figures("a") with { ThrottledShare = 0.05 }).Reasons,
            reason => reason.StartsWith("One partition is too hot even so", StringComparison.Ordinal));
        Assert.Contains(
            Advise(0.05, Figures("a") with { ThrottledShare = 0.05 }).Reasons,
            reason => reason.StartsWith("No key avoids that 5% of the operations are throttled", StringComparison.Ordinal));
        Assert.Single(Advise(Figures("a")).Reasons);
    }

    private static string Reason(Advice advice, string key) =>
        advice.Reasons.Single(reason => reason.StartsWith(key + ":", StringComparison.Ordinal));

    private static Advice Advise(params KeyFigures[] keys) => Advise(0, keys);

    private static Advice Advise(double unavoidable, params KeyFigures[] keys) =>
        Advice.From(SampleResult.Of(keys) with { UnavoidablyThrottledShare = unavoidable });

    private static KeyFigures Figures(string key, int physical = 1) => SampleResult.Figures(key, physical);
}
