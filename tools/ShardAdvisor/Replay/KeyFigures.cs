using ServerlessScale.ShardAdvisor.Cosmos;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The figures of one key after a replay.</summary>
internal sealed record KeyFigures
{
    public required string Key { get; init; }

    /// <summary>The number of logical partitions. Large numbers are estimates with a standard error of 0.4 %.</summary>
    public required long LogicalPartitions { get; init; }

    /// <summary>The number of physical partitions at the end of the log.</summary>
    public required int PhysicalPartitions { get; init; }

    /// <summary>The load of the hottest physical partition divided by the mean load. Both are taken for each hour, and each hour counts by its load.</summary>
    public required double MaxToMean { get; init; }

    /// <summary>The 99th percentile of the request units per second, over all seconds of all physical partitions.</summary>
    public required long P99RequestUnits { get; init; }

    /// <summary>The request units of the busiest second of any physical partition.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>The request units per second that a physical partition may spend, at the end of the log.</summary>
    public required double BudgetRequestUnits { get; init; }

    /// <summary>The share of operations that were throttled, 0 to 1.</summary>
    public required double ThrottledShare { get; init; }

    /// <summary>The upper bound of the size of the largest logical partition. The bounds differ by the error of counting in bounded memory.</summary>
    public required long LargestLogicalBytes { get; init; }

    /// <summary>The lower bound of the size of the largest logical partition.</summary>
    public required long LargestLogicalBytesAtLeast { get; init; }

    /// <summary>
    /// The years until the largest logical partition is full, if orders continue as in the log. Null for a key with the month, because each
    /// month starts new partitions.
    /// </summary>
    public required double? YearsUntilFull { get; init; }

    public required IReadOnlyList<QueryFanOut> Queries { get; init; }

    public double LargestShareOfLimit => LargestLogicalBytes / (double)CosmosLimits.LogicalPartitionBytes;

    /// <summary>Whether a logical partition passed the limit, after which Cosmos DB refuses all further orders of that partition.</summary>
    public bool Overflows => LargestLogicalBytesAtLeast > CosmosLimits.LogicalPartitionBytes;
}

/// <summary>The number of partitions that a query reads.</summary>
/// <param name="Query">What is queried.</param>
/// <param name="LogicalPartitions">The largest number of logical partitions that may contain a result.</param>
/// <param name="Physical">The number of physical partitions for the median order of a sample.</param>
/// <param name="PhysicalMost">The number of physical partitions for the worst order of the sample.</param>
internal sealed record QueryFanOut(string Query, int LogicalPartitions, int Physical, int PhysicalMost);
