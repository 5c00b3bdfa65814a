namespace ServerlessScale.Edge.Balancing;

/// <summary>A destination that can take a request.</summary>
/// <param name="Key">The same object each time for the same destination.</param>
/// <param name="Weight">Its share relative to the others'; at least 1.</param>
/// <param name="InFlight">Requests under way to it.</param>
internal readonly record struct Candidate(object Key, int Weight, int InFlight);
