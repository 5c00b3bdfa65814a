using ServerlessScale.ShardAdvisor.Cosmos;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>What a replay shows of one key.</summary>
internal sealed record KeyFigures
{
    public required string Key { get; init; }

    /// <summary>With a standard error of 0.4 % where there are many.</summary>
    public required long LogicalPartitions { get; init; }

    /// <summary>At the end of the log.</summary>
    public required int PhysicalPartitions { get; init; }

    /// <summary>The load of the hottest physical partition over the mean, hour by hour.</summary>
    public required double MaxToMean { get; init; }

    /// <summary>RU that 99 % of all seconds of all physical partitions stay within.</summary>
    public required long P99RequestUnits { get; init; }

    /// <summary>RU of the busiest second of a physical partition.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>RU that a physical partition may spend in a second, at the end of the log.</summary>
    public required double BudgetRequestUnits { get; init; }

    /// <summary>Of the operations; 0 to 1.</summary>
    public required double ThrottledShare { get; init; }

    /// <summary>No logical partition is larger; above what it surely is by the error of counting in bounded memory.</summary>
    public required long LargestLogicalBytes { get; init; }

    /// <summary>Some logical partition is at least so large.</summary>
    public required long LargestLogicalBytesAtLeast { get; init; }

    /// <summary>
    /// Until the largest logical partition is full, at the pace of the log. Null if it never is: each month starts new ones, and none is
    /// filled within its month.
    /// </summary>
    public required double? YearsUntilFull { get; init; }

    public required IReadOnlyList<QueryFanOut> Queries { get; init; }

    public double LargestShareOfLimit => LargestLogicalBytes / (double)CosmosLimits.LogicalPartitionBytes;

    /// <summary>The limit was passed: Cosmos DB would have refused orders for good.</summary>
    public bool Overflows => LargestLogicalBytesAtLeast > CosmosLimits.LogicalPartitionBytes;
}
