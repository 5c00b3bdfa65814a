namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Chooses two different candidates at random and picks the candidate with fewer requests in progress (M. Mitzenmacher, "The Power of Two
/// Choices in Randomized Load Balancing", 2001). With least connections, several edges that each count only their own requests could all
/// pick the same candidate. The random choice prevents this.
/// </summary>
/// <param name="random">The source of randomness. Must be thread-safe if several threads use the balancer.</param>
internal sealed class PowerOfTwoChoices(Random random) : IBalancer
{
    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        if (candidates.Length == 1)
        {
            return 0;
        }

        var first = random.Next(candidates.Length);
        var second = random.Next(candidates.Length - 1);
        if (second >= first)
        {
            second++;
        }

        var (one, other) = (candidates[first], candidates[second]);
        return (other.InFlight + 1L) * one.Warmth < (one.InFlight + 1L) * other.Warmth ? second : first;
    }
}
