namespace ServerlessScale.ShardAdvisor.Cosmos;

/// <summary>
/// The documented limits of Azure Cosmos DB for containers with provisioned throughput
/// (https://learn.microsoft.com/azure/cosmos-db/partitioning-overview and https://learn.microsoft.com/azure/cosmos-db/concepts-limits).
/// </summary>
internal static class CosmosLimits
{
    public const long LogicalPartitionBytes = 20L << 30;

    public const long PhysicalPartitionBytes = 50L << 30;

    public const double PhysicalPartitionRequestUnits = 10_000;
}
