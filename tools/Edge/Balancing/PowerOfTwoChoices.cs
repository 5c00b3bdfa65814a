namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Two different candidates at random, and of these the one with fewer requests under way (M. Mitzenmacher, "The Power of Two Choices
/// in Randomized Load Balancing", 2001). Edges that do not see each other's requests do not all send to the same one, as they would
/// with least connections.
/// </summary>
/// <param name="random">Thread-safe, or used by one thread.</param>
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
