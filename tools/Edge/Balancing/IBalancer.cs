namespace ServerlessScale.Edge.Balancing;

/// <summary>A balancing algorithm and its state for one group of destinations. Implementations are thread-safe.</summary>
internal interface IBalancer
{
    /// <summary>Selects the destination for the next request.</summary>
    /// <param name="candidates">The available destinations, at least one. The list may change between calls.</param>
    /// <returns>The index of the selected candidate.</returns>
    int Pick(ReadOnlySpan<Candidate> candidates);
}

/// <summary>A destination that can receive a request.</summary>
/// <param name="Key">An object that identifies the destination and is the same in every call.</param>
/// <param name="Weight">The destination's share of the requests, relative to the weights of the other destinations. At least 1.</param>
/// <param name="InFlight">The number of requests that the destination has not completed yet.</param>
/// <param name="Warmth">
/// The share of the weight that applies while a new destination starts slowly, in steps from 1 to <see cref="Warm"/>. All policies respect
/// it, including those that ignore weights.
/// </param>
internal readonly record struct Candidate(object Key, int Weight, int InFlight, int Warmth = Candidate.Warm)
{
    /// <summary>The warmth of a destination that gets its full share of the requests.</summary>
    public const int Warm = 10;
}
