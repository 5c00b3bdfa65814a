using ServerlessScale.ShardAdvisor.Cosmos;

namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The results of a replay for one candidate key.</summary>
internal sealed record KeyFigures
{
    public required string Key { get; init; }

    /// <summary>The number of logical partitions. Large numbers are estimates with a standard error of 0.4 %.</summary>
    public required long LogicalPartitions { get; init; }

    /// <summary>The number of physical partitions at the end of the log.</summary>
    public required int PhysicalPartitions { get; init; }

    /// <summary>
    /// The load of the hottest physical partition divided by the mean load of all physical partitions. The ratio is computed for each hour,
    /// and then averaged with the load in each hour as the weight.
    /// </summary>
    public required double MaxToMean { get; init; }

    /// <summary>The 99th percentile of the request units per second, over all seconds and all physical partitions.</summary>
    public required long P99RequestUnits { get; init; }

    /// <summary>The peak number of request units that one physical partition needed in one second.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>The request units per second that a physical partition may spend, at the end of the log.</summary>
    public required double BudgetRequestUnits { get; init; }

    /// <summary>The fraction of operations that were throttled, from 0 to 1.</summary>
    public required double ThrottledShare { get; init; }

    /// <summary>
    /// An upper bound for the size of the largest logical partition. The upper and the lower bound differ when there were too many logical
    /// partitions to track the size of each one.
    /// </summary>
    public required long LargestLogicalBytes { get; init; }

    /// <summary>A lower bound for the size of the largest logical partition.</summary>
    public required long LargestLogicalBytesAtLeast { get; init; }

    /// <summary>
    /// The number of years until the largest logical partition is full if orders continue at the rate of the log. Null for a key that
    /// contains the month, because each month starts new partitions.
    /// </summary>
    public required double? YearsUntilFull { get; init; }

    public required IReadOnlyList<QueryFanOut> Queries { get; init; }

    public double LargestShareOfLimit => LargestLogicalBytes / (double)CosmosLimits.LogicalPartitionBytes;

    /// <summary>Whether a logical partition exceeded the limit. Cosmos DB then refuses all further orders in that partition.</summary>
    public bool Overflows => LargestLogicalBytesAtLeast > CosmosLimits.LogicalPartitionBytes;
}

/// <summary>The number of partitions that a query reads.</summary>
/// <param name="Query">A short description of the query, such as "a customer's month".</param>
/// <param name="LogicalPartitions">The maximum number of logical partitions that may contain a result.</param>
/// <param name="Physical">The median number of physical partitions that are read, over the orders of a sample.</param>
/// <param name="PhysicalMost">The maximum number of physical partitions that are read, over the same orders.</param>
internal sealed record QueryFanOut(string Query, int LogicalPartitions, int Physical, int PhysicalMost);
