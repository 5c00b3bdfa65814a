using FsCheck.Fluent;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

/// <summary>Deviations are times W, so that less than W is less than one request.</summary>
public sealed class SmoothWeightedRoundRobinTests
{
    /// <summary>Weights at which nginx's smooth weighted round robin is more than one request off.</summary>
    private static readonly int[] Hard = [1, 20, 20, 5, 13, 1, 9, 20, 3];

    [Fact]
    public void Every_prefix_is_less_than_one_request_off_for_any_weights()
    {
        var weights = ArbMap.Default.ArbFor<int>().Generator.Select(weight => 1 + (Math.Abs(weight % 1000))).NonEmptyListOf();
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(weights.ToArbitrary(), drawn =>
        {
            var shares = new Shares([.. drawn.Take(12)]);
            var candidates = shares.Candidates();
            var balancer = new SmoothWeightedRoundRobin(weighted: true);
            var total = shares.Weights.Sum();
            return Shares.LargestDeviation(candidates, (2 * total) + 1, () => balancer.Pick(candidates)) < total;
        }));
    }

    [Fact]
    public void Nginx_is_more_than_one_request_off_where_this_is_less()
    {
        var candidates = new Shares(Hard).Candidates();
        var total = Hard.Sum();
        var balancer = new SmoothWeightedRoundRobin(weighted: true);
        var nginx = new NginxSmoothWeightedRoundRobin(Hard);

        // 100 of 92: 1.09 requests.
        Assert.Equal((92, 100), (total, Shares.LargestDeviation(candidates, total, nginx.Pick)));
        Assert.InRange(Shares.LargestDeviation(candidates, total, () => balancer.Pick(candidates)), 0, total - 1);
    }

    [Fact]
    public void Each_has_exactly_its_weight_after_as_many_picks_as_the_weights_sum_to()
    {
        var shares = new Shares(5, 1, 1);
        var candidates = shares.Candidates();
        var balancer = new SmoothWeightedRoundRobin(weighted: true);

        var picks = Enumerable.Range(0, 14).Select(_ => balancer.Pick(candidates)).ToArray();

        Assert.Equal([5, 1, 1], picks[..7].CountBy(pick => pick).OrderBy(count => count.Key).Select(count => count.Value));
        Assert.Equal(picks[..7], picks[7..]);
    }

    [Fact]
    public void Without_weights_all_take_turns()
    {
        var candidates = new Shares(5, 1, 1).Candidates();
        var balancer = new SmoothWeightedRoundRobin(weighted: false);

        Assert.Equal([0, 1, 2, 0, 1, 2, 0], Enumerable.Range(0, 7).Select(_ => balancer.Pick(candidates)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Right_after_weights_change_every_prefix_is_less_than_one_request_off_the_new_shares(int seed)
    {
        var random = new Random(seed);
        var shares = new Shares(Hard);
        var balancer = new SmoothWeightedRoundRobin(weighted: true);
        for (var change = 0; change < 200; change++)
        {
            shares.Weights = [.. Hard.Select(_ => random.Next(1, 50))];
            var candidates = shares.Candidates();
            var picks = random.Next(1, 2 * shares.Weights.Sum());

            Assert.True(Shares.LargestDeviation(candidates, picks, () => balancer.Pick(candidates)) < shares.Weights.Sum());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Through_health_flaps_every_prefix_since_the_last_one_is_less_than_one_request_off(int seed)
    {
        var random = new Random(seed);
        var shares = new Shares(Hard);
        var balancer = new SmoothWeightedRoundRobin(weighted: true);
        Candidate[] before = [];
        for (var flap = 0; flap < 500; flap++)
        {
            var candidates = shares.Candidates(_ => random.Next(3) > 0);
            if (candidates.Length == 0 || candidates.SequenceEqual(before))
            {
                continue;
            }

            before = candidates;
            var total = candidates.Sum(candidate => candidate.Weight);

            Assert.True(Shares.LargestDeviation(candidates, random.Next(1, 60), () => balancer.Pick(candidates)) < total);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Flaps_do_not_add_up_to_a_bias(int seed)
    {
        var random = new Random(seed);
        var shares = new Shares(Hard);
        var balancer = new SmoothWeightedRoundRobin(weighted: true);
        var owed = new double[shares.Count];
        var worst = 0d;
        for (var flap = 0; flap < 5_000; flap++)
        {
            var candidates = shares.Candidates(_ => random.Next(3) > 0) is { Length: > 0 } some ? some : shares.Candidates();
            var total = candidates.Sum(candidate => candidate.Weight);
            for (var turn = random.Next(1, 10); turn > 0; turn--)
            {
                foreach (var candidate in candidates)
                {
                    owed[shares.IndexOf(candidate)] += (double)candidate.Weight / total;
                }

                owed[shares.IndexOf(candidates[balancer.Pick(candidates)])]--;
            }

            worst = Math.Max(worst, owed.Max(Math.Abs));
        }

        // Restarting from nothing at each flap leaves some more than 800 off after these 25,000 picks.
        Assert.InRange(worst, 0, 8);
    }

    [Fact]
    public void A_destination_that_comes_and_goes_does_not_starve_a_light_one()
    {
        var shares = new Shares(5, 1, 1);
        var balancer = new SmoothWeightedRoundRobin(weighted: true);
        var counts = new int[3];
        for (var turn = 0; turn < 6_000; turn++)
        {
            var candidates = shares.Candidates(i => i < 2 || turn % 2 == 0);
            counts[shares.IndexOf(candidates[balancer.Pick(candidates)])]++;
        }

        // Half of the time 5/7, 1/7, 1/7, and half of the time 5/6, 1/6.
        double[] shareOf = [(5d / 7) + (5d / 6), (1d / 7) + (1d / 6), 1d / 7];
        Assert.All(Enumerable.Range(0, 3), i => Assert.InRange(counts[i] - (3_000 * shareOf[i]), -2, 2));
    }

    [Fact]
    public async Task Many_threads_share_one_order()
    {
        var shares = new Shares(Hard);
        var candidates = shares.Candidates();
        var balancer = new SmoothWeightedRoundRobin(weighted: true);

        var picks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 23 * 100).Select(_ => balancer.Pick(candidates)).ToArray())));

        Assert.Equal(
            Hard.Select(weight => 100 * weight),
            picks.SelectMany(pick => pick).CountBy(pick => pick).OrderBy(count => count.Key).Select(count => count.Value));
    }
}
