namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The results of a replay, and the data for the plot.</summary>
internal sealed record ReplayResult
{
    public required long Operations { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required double StoredBytes { get; init; }

    /// <summary>The provisioned throughput of the container in RU/s.</summary>
    public required double RequestUnits { get; init; }

    /// <summary>The total request units of all operations in the busiest second.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>
    /// The fraction of operations that are throttled with every key, because the operations in the same second together need more request
    /// units than the container provides.
    /// </summary>
    public required double UnavoidablyThrottledShare { get; init; }

    public required IReadOnlyList<KeyFigures> Keys { get; init; }

    /// <summary>The timeline of each key, in the order of <see cref="Keys"/>.</summary>
    public required IReadOnlyList<KeyTimeline> Timelines { get; init; }
}

/// <summary>The load and the size of each physical partition, ordered by position.</summary>
internal sealed record KeyTimeline(LoadTimeline Load, IReadOnlyList<double> StoredBytes);
