namespace ServerlessScale.Bench.EdgeCache;

/// <summary>Requests sent at once, and what became of them.</summary>
internal sealed record Wave
{
    public required string Name { get; init; }

    /// <summary>How many got 200 with the whole picture.</summary>
    public required int Answered { get; init; }

    /// <summary>How many invocations of the function the app has recorded.</summary>
    public required long AppRequests { get; init; }

    /// <summary>In milliseconds, from the first request on, shortest first.</summary>
    public required IReadOnlyList<double> Times { get; init; }

    /// <summary>Milliseconds until the last answer.</summary>
    public double All => Times[^1];

    public double Percentile(double share) => Times[(int)Math.Ceiling(share * Times.Count) - 1];
}
