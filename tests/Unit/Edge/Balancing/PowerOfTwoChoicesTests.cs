using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

public sealed class PowerOfTwoChoicesTests
{
    private static readonly object[] Keys = [.. Enumerable.Range(0, 10).Select(_ => new object())];

    [Fact]
    public void A_single_candidate_is_always_picked() => Assert.Equal(0, Pick([7]));

    [Fact]
    public void The_less_busy_of_two_candidates_is_picked() =>
        Assert.All(Enumerable.Range(0, 100), seed => Assert.Equal(1, Pick([2, 1], seed)));

    [Fact]
    public void The_busiest_candidate_is_never_picked() =>
        Assert.All(Enumerable.Range(0, 1_000), seed => Assert.NotEqual(3, Pick([0, 1, 2, 9, 3], seed)));

    /// <summary>There are n(n-1)/2 pairs of n candidates. Each pair selects its less busy candidate.</summary>
    [Fact]
    public void A_candidate_is_picked_as_often_as_it_wins_a_random_pair()
    {
        const int Picks = 100_000;
        var balancer = new PowerOfTwoChoices(new Random(7));
        var counts = new int[5];
        for (var pick = 0; pick < Picks; pick++)
        {
            counts[balancer.Pick(Candidates([0, 1, 2, 3, 4]))]++;
        }

        // 800 is more than five standard deviations of the binomial distribution of a count.
        Assert.All(Enumerable.Range(0, 5), i => Assert.InRange(counts[i] - (Picks * (4 - i) / 10), -800, 800));
    }

    [Fact]
    public void Equally_busy_candidates_are_picked_equally_often()
    {
        const int Picks = 100_000;
        var balancer = new PowerOfTwoChoices(new Random(7));
        var counts = new int[5];
        for (var pick = 0; pick < Picks; pick++)
        {
            counts[balancer.Pick(Candidates([1, 1, 1, 1, 1]))]++;
        }

        Assert.All(counts, count => Assert.InRange(count - (Picks / 5), -800, 800));
    }

    /// <summary>
    /// When n requests are sent to n random destinations, the busiest destination gets about ln n / ln ln n requests. When each request is
    /// sent to the less busy of two random destinations, the busiest destination gets about ln ln n requests.
    /// </summary>
    [Fact]
    public void Choosing_between_two_candidates_lowers_the_maximum_load()
    {
        const int Destinations = 1_000;
        object[] keys = [.. Enumerable.Range(0, Destinations).Select(_ => new object())];
        var (random, balancer) = (new Random(7), new PowerOfTwoChoices(new Random(7)));
        var (one, two) = (new int[Destinations], new int[Destinations]);
        for (var request = 0; request < Destinations; request++)
        {
            one[random.Next(Destinations)]++;
            two[balancer.Pick([.. two.Select((count, i) => new Candidate(keys[i], 1, count))])]++;
        }

        Assert.InRange(one.Max(), 5, 8);
        Assert.InRange(two.Max(), 2, 3);
    }

    private static Candidate[] Candidates(int[] inFlight) => [.. inFlight.Select((count, i) => new Candidate(Keys[i], 1, count))];

    private static int Pick(int[] inFlight, int seed = 1) => new PowerOfTwoChoices(new Random(seed)).Pick(Candidates(inFlight));
}
