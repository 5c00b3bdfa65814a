namespace ServerlessScale.Edge.Balancing;

/// <summary>A balancing algorithm, with its state for one group of destinations. Implementations are thread-safe.</summary>
internal interface IBalancer
{
    /// <summary>Selects the destination of the next request.</summary>
    /// <param name="candidates">The available destinations: at least one. They may differ from call to call.</param>
    /// <returns>The index of the selected candidate.</returns>
    int Pick(ReadOnlySpan<Candidate> candidates);
}

/// <summary>A destination that can take a request.</summary>
/// <param name="Key">Identifies the destination: the same object in every call.</param>
/// <param name="Weight">The share of this destination relative to those of the others; at least 1.</param>
/// <param name="InFlight">The number of requests that the destination has not completed.</param>
internal readonly record struct Candidate(object Key, int Weight, int InFlight);
