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

        Assert.Equal([34, 33, 33], counts);
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
            // With one more request, the load per weight of any candidate would be at least the load per weight of the busiest candidate.
            var busiest = Enumerable.Range(0, 3).Max(i => (double)counts[i] / weights[i]);
            Assert.All(Enumerable.Range(0, 3), i => Assert.True((counts[i] + 1d) / weights[i] >= busiest));
        });

        Assert.Equal([50, 30, 10], counts);
    }

    [Fact]
    public void A_heavier_candidate_can_be_picked_despite_more_requests() =>
        Assert.Equal(0, new LeastConnections(weighted: true).Pick(Load((4, 1), (1, 0))));

    [Fact]
    public void Candidates_with_equal_weighted_load_take_turns()
    {
        var balancer = new LeastConnections(weighted: true);

        // With the next request, all candidates would have the same load per weight, because (1+1)/2 = (0+1)/1.
        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(_ => balancer.Pick(Load((2, 1), (1, 0), (2, 1)))));
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
