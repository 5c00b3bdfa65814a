namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Picks two different candidates at random, and of these the one with fewer requests in progress (M. Mitzenmacher, "The Power of Two
/// Choices in Randomized Load Balancing", 2001). Several edges that do not know each other's requests therefore do not all pick the same
/// candidate, as they would with least connections.
/// </summary>
/// <param name="random">The source of randomness. It must be thread-safe if several threads use the balancer.</param>
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

        return candidates[second].InFlight < candidates[first].InFlight ? second : first;
    }
}
