using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class SketchTests
{
    [Fact]
    public void The_largest_total_of_any_key_is_within_the_reported_bounds() =>
        Prop.ForAll<byte[]>(keys =>
        {
            var heaviest = new HeaviestKey(tracked: 8);
            var totals = new Dictionary<byte, long>();
            foreach (var key in keys)
            {
                heaviest.Add(key, 1 + key);
                totals[key] = totals.GetValueOrDefault(key) + 1 + key;
            }

            var (atLeast, atMost) = heaviest.Largest();

            Assert.InRange(totals.Values.DefaultIfEmpty(0).Max(), atLeast, atMost);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_total_is_exact_if_there_are_few_keys()
    {
        var few = new HeaviestKey(tracked: 100);
        var many = new HeaviestKey(tracked: 100);
        for (var i = 0; i < 100_000; i++)
        {
            few.Add((ulong)i % 100, 1);
            many.Add((ulong)i, 1);
            many.Add(ulong.MaxValue, 1);
        }

        Assert.Equal((1000, 1000), few.Largest());
        // Each time half of the tracked keys are dropped, the totals of the remaining keys decrease by 1, because each dropped key has a
        // total of 1.
        Assert.InRange(many.Largest().AtLeast, 98_000, 100_000);
        Assert.InRange(many.Largest().AtMost, 100_000, 102_100);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(150_000)]
    [InlineData(1_000_000)]
    public void Distinct_keys_are_counted_within_two_percent(int keys)
    {
        var distinct = new DistinctCount();
        for (var round = 0; round < 2; round++)
        {
            for (var key = 0; key < keys; key++)
            {
                distinct.Add(SplitMix64.Mix((ulong)key + 1));
            }
        }

        Assert.InRange(distinct.Estimate(), keys * 0.98, keys * 1.02);
    }

    [Fact]
    public void Merged_intervals_retain_the_load_of_the_busiest_second() =>
        Prop.ForAll<ushort[]>(gaps =>
        {
            var timeline = new LoadTimeline(start: 1000);
            timeline.Insert(0, 1000);
            var (second, most) = (1000L, 0f);
            foreach (var gap in gaps)
            {
                second += gap;
                timeline.Record(0, second, gap / 100.0);
                most = Math.Max(most, (float)(gap / 100.0));
            }

            Assert.Equal(most, timeline.Rows[0].Take(timeline.Intervals).DefaultIfEmpty(0).Max());
            Assert.True(gaps.Length == 0 || second < 1000 + (long)timeline.SecondsPerInterval * timeline.Intervals);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_new_partition_has_no_load_before_the_split()
    {
        var timeline = new LoadTimeline(start: 0);
        timeline.Insert(0, 0);
        timeline.Record(0, 0, 0.5);
        timeline.Insert(1, second: 600);
        timeline.Record(1, 600, 0.25);

        Assert.All(timeline.Rows[1].Take(10), share => Assert.Equal(float.NaN, share));
        Assert.Equal(0.25f, timeline.Rows[1][10]);
    }
}
