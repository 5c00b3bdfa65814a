using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class AdviceTests
{
    private const long Gigabyte = 1L << 30;

    [Fact]
    public void A_partition_key_with_an_overflowing_partition_is_never_recommended()
    {
        var advice = Advise(Figures("a") with { LargestLogicalBytes = 40 * Gigabyte, LargestLogicalBytesAtLeast = 40 * Gigabyte }, Figures("b", physical: 5));

        Assert.Equal("b", advice.Key);
        Assert.Contains("a: a logical partition reaches 40 GB, but Cosmos DB rejects further orders at 20 GB", Reason(advice, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Significant_throttling_outweighs_query_fan_out()
    {
        Assert.Equal("b", Advise(Figures("a") with { ThrottledShare = 0.02 }, Figures("b", physical: 5)).Key);
        Assert.Equal("a", Advise(Figures("a") with { ThrottledShare = 0.00005 }, Figures("b", physical: 5)).Key);
    }

    [Fact]
    public void The_recommended_key_is_compared_only_with_keys_within_the_size_limit()
    {
        const string Disadvantage = "This key has a disadvantage: the query for a customer's year reads 5 physical partitions, but only 1 with the key a.";

        Assert.Contains(Disadvantage, Advise(Figures("a") with { ThrottledShare = 0.02 }, Figures("b", physical: 5)).Reasons);
        Assert.DoesNotContain(
            Disadvantage,
            Advise(Figures("a") with { LargestLogicalBytesAtLeast = 40 * Gigabyte }, Figures("b", physical: 5)).Reasons);
    }

    [Fact]
    public void A_key_whose_partition_fills_up_within_a_few_years_is_not_recommended()
    {
        var advice = Advise(Figures("a") with { YearsUntilFull = 2.5 }, Figures("b", physical: 5));

        Assert.Equal("b", advice.Key);
        Assert.Contains("the largest logical partition is full after 2.5 years", Reason(advice, "a"), StringComparison.Ordinal);
        Assert.Equal("a", Advise(Figures("a") with { YearsUntilFull = 25 }, Figures("b", physical: 5)).Key);
    }

    [Fact]
    public void Query_fan_out_decides_between_otherwise_equal_keys()
    {
        var advice = Advise(Figures("a", physical: 4), Figures("b", physical: 1));

        Assert.Equal("b", advice.Key);
        Assert.Contains("the query for a customer's year reads 4 physical partitions instead of 1", Reason(advice, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_advice_warns_about_large_partitions_and_throttling()
    {
        Assert.Contains(
            Advise(Figures("a") with { LargestLogicalBytes = 15 * Gigabyte }).Reasons,
            reason => reason.StartsWith("Watch the largest logical partition: it uses 75% of the limit", StringComparison.Ordinal));
        Assert.Contains(
            Advise(Figures("a") with { ThrottledShare = 0.05 }).Reasons,
            reason => reason.StartsWith("One physical partition is still too hot", StringComparison.Ordinal));
        Assert.Contains(
            Advise(0.05, Figures("a") with { ThrottledShare = 0.05 }).Reasons,
            reason => reason.StartsWith("With any key, 5% of the operations are throttled", StringComparison.Ordinal));
        Assert.Single(Advise(Figures("a")).Reasons);
    }

    private static string Reason(Advice advice, string key) =>
        advice.Reasons.Single(reason => reason.StartsWith(key + ":", StringComparison.Ordinal));

    private static Advice Advise(params KeyFigures[] keys) => Advise(0, keys);

    private static Advice Advise(double unavoidable, params KeyFigures[] keys) =>
        Advice.From(SampleResult.Of(keys) with { UnavoidablyThrottledShare = unavoidable });

    private static KeyFigures Figures(string key, int physical = 1) => SampleResult.Figures(key, physical);
}
