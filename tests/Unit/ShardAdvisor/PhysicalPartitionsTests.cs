using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Keys;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class PhysicalPartitionsTests
{
    private const int OrderBytes = 2 * 1024 * 1024;

    /// <summary>The number of 2 MB orders that fill a physical partition.</summary>
    private const int OrdersToFill = (int)(CosmosLimits.PhysicalPartitionBytes / OrderBytes);

    [Theory]
    [InlineData(400, 1, 400)]
    [InlineData(10_000, 1, 10_000)]
    [InlineData(10_001, 2, 5_000.5)]
    [InlineData(40_000, 4, 10_000)]
    public void The_throughput_determines_the_initial_partition_count(double requestUnits, int count, double budget)
    {
        var partitions = new PhysicalPartitions(Key("customer"), requestUnits);

        Assert.Equal(count, partitions.Count);
        Assert.Equal(budget, partitions.Budget);
    }

    [Fact]
    public void A_full_physical_partition_is_split_into_halves()
    {
        var partitions = new PhysicalPartitions(Key("customer"), 10_000);

        var splits = Store(partitions, Key("customer"), OrdersToFill, order => new KeyValues((ulong)order, 0, 0));

        Assert.Equal(1, splits);
        Assert.Equal(2, partitions.Count);
        Assert.Equal(5_000, partitions.Budget);
        Assert.Equal(CosmosLimits.PhysicalPartitionBytes, partitions.All.Sum(partition => partition.StoredBytes), tolerance: 1);
        Assert.All(partitions.All, partition =>
            Assert.InRange(partition.StoredBytes / CosmosLimits.PhysicalPartitionBytes, 0.45, 0.55));
    }

    [Fact]
    public void A_logical_partition_is_never_split()
    {
        var partitions = new PhysicalPartitions(Key("customer"), 10_000);

        Store(partitions, Key("customer"), 2 * OrdersToFill, _ => new KeyValues(42, 0, 0));

        Assert.Equal(1, partitions.Count);
    }

    [Fact]
    public void The_logical_partitions_of_a_customer_can_be_separated_by_a_split()
    {
        var key = Key("customer+month");
        var partitions = new PhysicalPartitions(key, 10_000);

        Store(partitions, key, OrdersToFill, order => new KeyValues(42, order % 12, 0));

        Assert.Equal(2, partitions.Count);
        Assert.Equal(2, partitions.Find(key.List(42, lastMonth: 11, months: 12)).Count);
    }

    [Fact]
    public void A_split_does_not_divide_a_customers_orders_if_possible()
    {
        var key = Key("customer+month");
        var partitions = new PhysicalPartitions(key, 10_000);

        Store(partitions, key, OrdersToFill, order => new KeyValues((ulong)order % 16, order / 16 % 12, 0));

        Assert.Equal(2, partitions.Count);
        Assert.All(
            Enumerable.Range(0, 16),
            customer => Assert.Single(partitions.Find(key.List((ulong)customer, lastMonth: 11, months: 12))));
    }

    private static int Store(PhysicalPartitions partitions, PartitionKey key, int orders, Func<int, KeyValues> values)
    {
        var splits = 0;
        for (var order = 0; order < orders; order++)
        {
            var position = key.Place(values(order)).Position;
            splits += partitions.Store(partitions.Find(position), position, OrderBytes) ? 1 : 0;
        }
        return splits;
    }

    private static PartitionKey Key(string name) => PartitionKey.Candidates(8).Single(key => key.Name == name);
}
