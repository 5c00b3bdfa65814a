using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.ShardAdvisor.Keys;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class PartitionKeyTests
{
    private const int Buckets = 8;

    private static readonly KeyValues Order = new(Customer: 42, Month: 24_322, Bucket: 3);

    [Theory]
    [InlineData("month", 1, 2, 1, 12)]
    [InlineData("customer", 1, 1, 1, 1)]
    [InlineData("customer+month", 1, 2, 1, 12)]
    [InlineData("customer+month+bucket", 1, 2, 8, 96)]
    [InlineData("customer|month|bucket", 1, 2, 8, 96)]
    public void Each_query_reads_the_expected_number_of_logical_partitions(string name, int point, int idempotency, int month, int year)
    {
        var key = Key(name);

        Assert.Equal(point, key.PointRead(Order).LogicalPartitions);
        Assert.Equal(idempotency, key.IdempotencyLookup(Order).LogicalPartitions);
        Assert.Equal(month, key.List(Order.Customer, Order.Month, months: 1).LogicalPartitions);
        Assert.Equal(year, key.List(Order.Customer, Order.Month, months: 12).LogicalPartitions);
    }

    [Theory]
    [InlineData("month", 12)]
    [InlineData("customer", 1)]
    [InlineData("customer+month", 1)]
    [InlineData("customer+month+bucket", 1)]
    [InlineData("customer|month|bucket", 96)]
    public void Listing_a_year_reads_one_range_if_the_key_starts_with_the_customer(string name, int ranges) =>
        Assert.Equal(ranges, Key(name).List(Order.Customer, Order.Month, months: 12).Ranges.Count);

    [Fact]
    public void Every_query_reads_the_range_that_contains_the_order() =>
        Prop.ForAll<(ulong customer, ushort month, byte bucket, byte later)>(values =>
        {
            var (customer, month, bucket, later) = values;
            var order = new KeyValues(customer, month, bucket % Buckets);
            foreach (var key in PartitionKey.Candidates(Buckets))
            {
                var position = key.Place(order).Position;
                var lastMonth = month + later % 12;
                Assert.True(Covers(key.PointRead(order), position), key.Name);
                Assert.True(Covers(key.IdempotencyLookup(order with { Month = month + later % 2 }), position), key.Name);
                Assert.True(Covers(key.List(customer, month, months: 1), position), key.Name);
                Assert.True(Covers(key.List(customer, lastMonth, months: 12), position), key.Name);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_key_values_map_to_the_same_logical_partition() =>
        Prop.ForAll<(byte customer, byte otherCustomer, byte month, byte otherMonth, byte bucket, byte otherBucket)>(values =>
        {
            var (customer, otherCustomer, month, otherMonth, bucket, otherBucket) = values;
            var a = new KeyValues((ulong)customer % 2, month % 2, bucket % 2);
            var b = new KeyValues((ulong)otherCustomer % 2, otherMonth % 2, otherBucket % 2);
            foreach (var key in PartitionKey.Candidates(Buckets))
            {
                var same = (!key.Parts.HasFlag(KeyParts.Customer) || a.Customer == b.Customer)
                    && (!key.Parts.HasFlag(KeyParts.Month) || a.Month == b.Month)
                    && (!key.Parts.HasFlag(KeyParts.Bucket) || a.Bucket == b.Bucket);
                Assert.Equal(same, key.Place(a) == key.Place(b));
            }
        }).QuickCheckThrowOnFailure();

    private static bool Covers(Route route, ulong position) =>
        route.Ranges.Any(range => range.First <= position && position <= range.Last);

    private static PartitionKey Key(string name) => PartitionKey.Candidates(Buckets).Single(key => key.Name == name);
}
