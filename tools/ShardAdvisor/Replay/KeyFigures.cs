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
    /// The ratio of the load of the hottest physical partition to the mean load of all physical partitions. It is computed for each hour,
    /// and then averaged over all hours, weighted by the load in each hour.
    /// </summary>
    public required double MaxToMean { get; init; }

    /// <summary>The 99th percentile of the request units per second, over all seconds and all physical partitions.</summary>
    public required long P99RequestUnits { get; init; }

    /// <summary>The highest number of request units that operations in one physical partition needed in one second.</summary>
    public required double PeakRequestUnits { get; init; }

    /// <summary>The request units that a physical partition may spend per second at the end of the log.</summary>
    public required double BudgetRequestUnits { get; init; }

    /// <summary>The fraction of operations that were throttled, from 0 to 1.</summary>
    public required double ThrottledShare { get; init; }

    /// <summary>
    /// An upper bound for the size of the largest logical partition. It differs from the lower bound when there were too many logical
    /// partitions to track the size of each one.
    /// </summary>
    public required long LargestLogicalBytes { get; init; }

    /// <summary>A lower bound for the size of the largest logical partition.</summary>
    public required long LargestLogicalBytesAtLeast { get; init; }

    /// <summary>
    /// The number of years until the largest logical partition is full if orders continue at the rate in the log. Null for a key that
    /// contains the month, because new logical partitions start each month.
    /// </summary>
    public required double? YearsUntilFull { get; init; }

    public required IReadOnlyList<QueryFanOut> Queries { get; init; }

    public double LargestShareOfLimit => LargestLogicalBytes / (double)CosmosLimits.LogicalPartitionBytes;

    /// <summary>
    /// Whether a logical partition exceeded the size limit. If so, Cosmos DB would reject all further orders in that partition.
    /// </summary>
    public bool Overflows => LargestLogicalBytesAtLeast > CosmosLimits.LogicalPartitionBytes;
}

/// <summary>The number of partitions that a query reads.</summary>
/// <param name="Query">A short description of the query, such as "a customer's month".</param>
/// <param name="LogicalPartitions">The maximum number of logical partitions that may contain a result.</param>
/// <param name="Physical">The median number of physical partitions that the query reads, over a sample of orders.</param>
/// <param name="PhysicalMost">The maximum number of physical partitions that the query reads, over the same sample.</param>
internal sealed record QueryFanOut(string Query, int LogicalPartitions, int Physical, int PhysicalMost);
