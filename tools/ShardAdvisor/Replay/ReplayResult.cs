namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The figures of a replay, and the data for its plot.</summary>
internal sealed record ReplayResult
{
    public required long Operations { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required double StoredBytes { get; init; }

    /// <summary>The provisioned throughput of the container in RU/s.</summary>
    public required double RequestUnits { get; init; }

    /// <summary>The request units of the busiest second of the container.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>The share of operations that every key throttles, because the load of their second exceeds the throughput of the whole container.</summary>
    public required double UnavoidablyThrottledShare { get; init; }

    public required IReadOnlyList<KeyFigures> Keys { get; init; }

    /// <summary>In the order of <see cref="Keys"/>.</summary>
    public required IReadOnlyList<KeyTimeline> Timelines { get; init; }
}

/// <summary>The load and the size of each physical partition. Partitions with neighbouring positions are next to each other.</summary>
internal sealed record KeyTimeline(LoadTimeline Load, IReadOnlyList<double> StoredBytes);
