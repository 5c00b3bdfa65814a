using System.Net;
using Microsoft.Azure.Cosmos;
using ServerlessScale.StrictCosmos;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class RegionTests
{
    private const string West = "West Europe";
    private const string North = "North Europe";
    private static readonly StrictCosmosOptions TwoRegions = new() { Regions = [West, North] };
    private static readonly PartitionKey Key = Shop.KeyOf("c");

    [Fact]
    public async Task Clients_follow_the_write_region_after_failover()
    {
        await using var shop = await Shop.OpenAsync(TwoRegions);
        using var client = shop.Connect(InBothRegions);
        var orders = Shop.OrdersOf(client);
        await orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        shop.Server.Regions.FailOverTo(North);

        var written = await orders.CreateItemAsync(NewOrder("o2"), Key, cancellationToken: Shop.Cancellation);
        Assert.Contains(shop.Server.Regions.WriteRegion.Endpoint.Authority, written.Diagnostics.ToString(), StringComparison.Ordinal);
        Assert.Equal("o1", (await orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).Resource.Id);
    }

    [Fact]
    public async Task A_write_in_a_read_region_gets_403_with_substatus_3()
    {
        await using var shop = await Shop.OpenAsync(TwoRegions);
        using var bound = new CosmosClient(
            shop.Server.Regions.WriteRegion.Endpoint.ToString(),
            shop.Server.Key,
            new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
        shop.Server.Regions.FailOverTo(North);
        var refused = await Assert.ThrowsAsync<CosmosException>(() => Shop.OrdersOf(bound).CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(3, refused.SubStatusCode);
    }

    [Fact]
    public async Task A_batch_gets_404_with_substatus_1002_after_a_failover_that_lost_commits()
    {
        await using var shop = await Shop.OpenAsync(TwoRegions);
        using var client = shop.Connect(InBothRegions);
        var orders = Shop.OrdersOf(client);
        await orders.CreateItemAsync(NewOrder("replicated"), Key, cancellationToken: Shop.Cancellation);
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(1);
        await orders.CreateItemAsync(NewOrder("lost"), Key, cancellationToken: Shop.Cancellation);
        shop.Server.FailOverWithLossTo(North);

        using var behind = await orders.CreateTransactionalBatch(Key).ReadItem("replicated").ExecuteAsync(Shop.Cancellation);
        using var newcomer = shop.Connect(InBothRegions);
        using var read = await Shop.OrdersOf(newcomer).CreateTransactionalBatch(Key).ReadItem("replicated").ExecuteAsync(Shop.Cancellation);
        using var lost = await Shop.OrdersOf(newcomer).CreateTransactionalBatch(Key).ReadItem("lost").ExecuteAsync(Shop.Cancellation);

        Assert.Equal((HttpStatusCode.NotFound, "1002"), (behind.StatusCode, behind.Headers["x-ms-substatus"]));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);
        Assert.Equal("0", lost.Headers["x-ms-substatus"] ?? "0");
    }

    [Fact]
    public async Task The_SDK_reads_from_another_region_when_one_lags()
    {
        await using var shop = await Shop.OpenAsync(TwoRegions);
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(1);
        using var near = shop.Connect(options =>
        {
            options.LimitToEndpoint = false;
            options.ApplicationPreferredRegions = [North, West];
        });
        var written = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        using var stale = await Shop.OrdersOf(near).ReadItemStreamAsync("o1", Key, cancellationToken: Shop.Cancellation);
        var fresh = await Shop.OrdersOf(near).ReadItemAsync<Order>("o1", Key, new ItemRequestOptions { SessionToken = written.Headers.Session }, cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, stale.StatusCode);
        Assert.Equal("o1", fresh.Resource.Id);
        Assert.All(
            shop.Server.Regions.All,
            region => Assert.Contains(region.Endpoint.Authority, fresh.Diagnostics.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_SDK_switches_to_another_region_when_one_is_offline()
    {
        await using var shop = await Shop.OpenAsync(TwoRegions);
        using var client = shop.Connect(InBothRegions);
        var orders = Shop.OrdersOf(client);
        await orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        shop.Server.Regions.All.Single(region => region.Name == West).IsOnline = false;
        shop.Server.Regions.FailOverTo(North);
        Assert.Equal("o1", (await orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).Resource.Id);
        Assert.Equal(HttpStatusCode.Created, (await orders.CreateItemAsync(NewOrder("o2"), Key, cancellationToken: Shop.Cancellation)).StatusCode);
    }

    private static void InBothRegions(CosmosClientOptions options)
    {
        options.LimitToEndpoint = false;
        options.ApplicationPreferredRegions = [West, North];
    }

    private static Order NewOrder(string id) => new(id, "c", Shop.Month, "2026-11-01");
}
