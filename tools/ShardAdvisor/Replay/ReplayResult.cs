namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>What a replay shows, and what a plot of it needs.</summary>
internal sealed record ReplayResult
{
    public required long Operations { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required double StoredBytes { get; init; }

    /// <summary>That the container is provisioned with, a second.</summary>
    public required double RequestUnits { get; init; }

    /// <summary>That the busiest second asks the container for.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>Of the operations, whatever the key: the load of these seconds is more than the whole container's throughput.</summary>
    public required double UnavoidablyThrottledShare { get; init; }

    public required IReadOnlyList<KeyFigures> Keys { get; init; }

    /// <summary>In the order of <see cref="Keys"/>.</summary>
    public required IReadOnlyList<KeyTimeline> Timelines { get; init; }
}
