using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Balancing;

public sealed class PowerOfTwoChoicesTests
{
    private static readonly object[] Keys = [.. Enumerable.Range(0, 10).Select(_ => new object())];

    [Fact]
    public void One_candidate_is_picked() => Assert.Equal(0, Pick([7]));

    [Fact]
    public void Of_two_the_less_busy_is_picked() =>
        Assert.All(Enumerable.Range(0, 100), seed => Assert.Equal(1, Pick([2, 1], seed)));

    [Fact]
    public void The_busiest_is_never_picked() =>
        Assert.All(Enumerable.Range(0, 1_000), seed => Assert.NotEqual(3, Pick([0, 1, 2, 9, 3], seed)));

    /// <summary>The candidate of rank r from the top of n wins the r pairs with a busier one, of n(n-1)/2 pairs.</summary>
    [Fact]
    public void The_shares_are_those_of_the_pairs_that_each_wins()
    {
        const int Picks = 100_000;
        var balancer = new PowerOfTwoChoices(new Random(7));
        var counts = new int[5];
        for (var pick = 0; pick < Picks; pick++)
        {
            counts[balancer.Pick(Candidates([0, 1, 2, 3, 4]))]++;
        }

        // Five standard deviations of a binomial count are below 800.
        Assert.All(Enumerable.Range(0, 5), i => Assert.InRange(counts[i] - (Picks * (4 - i) / 10), -800, 800));
    }

    [Fact]
    public void Equals_are_picked_equally_often()
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

    /// <summary>n requests on n destinations: one choice gives the fullest about ln n / ln ln n of them, two give about ln ln n.</summary>
    [Fact]
    public void Two_choices_keep_the_fullest_far_below_one()
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
