using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

public sealed class LeastConnectionsTests
{
    private static readonly object[] Keys = [new(), new(), new()];

    [Fact]
    public void The_candidate_with_the_fewest_requests_is_picked()
    {
        var balancer = new LeastConnections(weighted: false);

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(1, balancer.Pick(Load((1, 3), (1, 1), (1, 2)))));
    }

    [Theory]
    [InlineData(new[] { 0, 0, 0 }, new[] { 0, 1, 2, 0, 1, 2 })]
    [InlineData(new[] { 4, 0, 0 }, new[] { 1, 2, 1, 2, 1, 2 })]
    [InlineData(new[] { 0, 4, 0 }, new[] { 0, 2, 0, 2, 0, 2 })]
    [InlineData(new[] { 2, 2, 4 }, new[] { 0, 1, 0, 1, 0, 1 })]
    public void Equally_loaded_candidates_take_turns(int[] inFlight, int[] expected)
    {
        var balancer = new LeastConnections(weighted: false);

        Assert.Equal(expected, expected.Select(_ => balancer.Pick(Load([.. inFlight.Select(count => (1, count))]))));
    }

    [Fact]
    public void Unfinished_requests_are_distributed_evenly()
    {
        var counts = Hold(new LeastConnections(weighted: false), [1, 1, 1], requests: 100, afterEach: counts =>
            Assert.InRange(counts.Max() - counts.Min(), 0, 1));

        Assert.Equal([33, 33, 34], counts.Order());
    }

    [Fact]
    public void The_unweighted_policy_ignores_weights() =>
        Assert.Equal([2, 2, 2], Hold(new LeastConnections(weighted: false), [100, 10, 1], requests: 6));

    [Fact]
    public void Unfinished_requests_are_proportional_to_weights()
    {
        int[] weights = [5, 3, 1];

        var counts = Hold(new LeastConnections(weighted: true), weights, requests: 90, afterEach: counts =>
        {
            // Once no candidate is idle, one more request would raise the load per weight of any candidate to at least that of the busiest
            // candidate, or to that of a candidate that was picked while it was idle.
            var busiest = Enumerable.Range(0, 3).Where(i => counts[i] > 1).Select(i => (double)counts[i] / weights[i]).DefaultIfEmpty().Max();
            Assert.All(Enumerable.Range(0, 3), i => Assert.True((counts[i] + 1d) / weights[i] >= busiest));
        });

        Assert.Equal([50, 30, 10], counts);
    }

    [Fact]
    public void A_heavier_candidate_can_be_picked_despite_more_requests() =>
        Assert.Equal(0, new LeastConnections(weighted: true).Pick(Load((4, 1), (1, 0))));

    // Envoy's documentation of LeastRequest gives the effective weight as load_balancing_weight / (active_requests + 1)^active_request_bias.
    // With a bias of 1, the effective weights here are 2/2, 1/1 and 2/2, so all three candidates are tied.
    [Fact]
    public void Tied_candidates_are_picked_in_proportion_to_weights()
    {
        var balancer = new LeastConnections(weighted: true);

        var picks = Enumerable.Range(0, 500).Select(_ => balancer.Pick(Load((2, 1), (1, 0), (2, 1)))).ToLookup(pick => pick);

        Assert.Equal([200, 100, 200], Enumerable.Range(0, 3).Select(i => picks[i].Count()));
    }

    // In Envoy, the effective weights schedule a weighted round robin. Without active requests, they equal the configured weights.
    [Theory]
    [InlineData(5, 3, 2)]
    [InlineData(1000, 1, 999)]
    [InlineData(1, 1, 8)]
    public void Sequential_requests_are_proportional_to_weights(params int[] weights)
    {
        var balancer = new LeastConnections(weighted: true);
        var total = weights.Sum();

        var picks = Enumerable.Range(0, 10 * total)
            .Select(_ => balancer.Pick(Load([.. weights.Select(weight => (weight, 0))]))).ToLookup(pick => pick);

        Assert.Equal(weights.Select(weight => 10 * weight), Enumerable.Range(0, 3).Select(i => picks[i].Count()));
    }

    // The share of each candidate follows from the definition of taking turns: every pick owes each present candidate an equal part.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tied_candidates_take_turns_while_one_leaves_at_every_pick(bool weighted)
    {
        var balancer = new LeastConnections(weighted);
        var counts = new Dictionary<object, int>();
        for (var pick = 0; pick < 9_999; pick++)
        {
            var candidates = Load((1, 0), (1, 0), (1, 0)).Where((_, i) => i != pick % 3).ToArray();
            var key = candidates[balancer.Pick(candidates)].Key;
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        Assert.All(Keys, key => Assert.InRange(counts[key], 3_333 - 2, 3_333 + 2));
    }

    [Fact]
    public void A_candidate_that_starts_slowly_gets_its_share_of_requests()
    {
        foreach (IBalancer balancer in (IBalancer[])[new LeastConnections(weighted: false), new ChairmanAssignment(weighted: false)])
        {
            Candidate[] candidates = [new(Keys[0], 1, 0), new(Keys[1], 1, 0, Warmth: 5)];

            Assert.Equal(10, Enumerable.Range(0, 30).Count(_ => balancer.Pick(candidates) == 1));
        }
    }

    private static Candidate[] Load(params (int Weight, int InFlight)[] load) =>
        [.. load.Select((candidate, i) => new Candidate(Keys[i], candidate.Weight, candidate.InFlight))];

    /// <summary>Sends requests that never complete, and returns the number of requests per candidate.</summary>
    private static int[] Hold(LeastConnections balancer, int[] weights, int requests, Action<int[]>? afterEach = null)
    {
        var counts = new int[weights.Length];
        for (var request = 0; request < requests; request++)
        {
            counts[balancer.Pick(Load([.. weights.Select((weight, i) => (weight, counts[i]))]))]++;
            afterEach?.Invoke(counts);
        }

        return counts;
    }
}
