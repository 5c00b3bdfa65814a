namespace ServerlessScale.Edge.Balancing;

/// <summary>A load balancing algorithm, with what it remembers of one group of destinations. Thread-safe.</summary>
internal interface IBalancer
{
    /// <summary>The index of the candidate that gets the next request.</summary>
    /// <param name="candidates">At least one; which ones may change from call to call.</param>
    int Pick(ReadOnlySpan<Candidate> candidates);
}
