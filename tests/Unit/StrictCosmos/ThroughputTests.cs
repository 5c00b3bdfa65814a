using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class ThroughputTests
{
    [Fact]
    public async Task A_partition_returns_429_until_its_request_units_are_refilled()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { RequestUnitsPerSecond = 400, Time = time });
        var customer = Shop.NewCustomer();

        // Each of the four partitions has 100 RU/s, and a creation costs 5.3 RU. The nineteenth creation overdraws the bucket, so the
        // twentieth is throttled.
        var placed = await shop.PlaceAsync(customer, 19);
        var refused = await Assert.ThrowsAsync<CosmosException>(() => shop.Orders.CreateItemAsync(
            new Order("one-more", customer, Shop.Month, "2026-11-01"), Shop.KeyOf(customer), cancellationToken: Shop.Cancellation));

        Assert.Equal(19, placed.Count);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(3200, refused.SubStatusCode);
        Assert.Equal(TimeSpan.FromMilliseconds(17), refused.RetryAfter);
        time.Advance(refused.RetryAfter!.Value);
        await shop.Orders.CreateItemAsync(new Order("one-more", customer, Shop.Month, "2026-11-01"), Shop.KeyOf(customer), cancellationToken: Shop.Cancellation);
        Assert.Equal(1, shop.Server.ReadPartitions().Sum(partition => partition.Reading.Throttled));
    }

    [Fact]
    public async Task Throttling_one_partition_does_not_affect_other_partitions()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { RequestUnitsPerSecond = 400, Time = time });
        var hot = Shop.NewCustomer();
        await shop.PlaceAsync(hot, 19);
        var refused = 0;
        for (var customer = 0; customer < 40; customer++)
        {
            try
            {
                await shop.PlaceAsync(Shop.NewCustomer(), 1);
            }
            catch (CosmosException throttled) when (throttled.StatusCode == HttpStatusCode.TooManyRequests)
            {
                refused++;
            }
        }
        var full = shop.Server.ReadPartitions().Where(partition => partition.Reading.Throttled > 0).ToList();
        Assert.Equal(refused, full.Single().Reading.Throttled);
        Assert.InRange(refused, 1, 39);
    }

    [Fact]
    public async Task Only_containers_with_provisioned_throughput_are_throttled()
    {
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { Time = new FakeTimeProvider(DateTimeOffset.UtcNow), PhysicalPartitions = 1 });
        Assert.Equal(100, (await shop.PlaceAsync(Shop.NewCustomer(), 100)).Count);

        var definition = Shop.OrdersDefinition();
        definition.Id = "small";
        var small = (await shop.Client.GetDatabase("shop").CreateContainerAsync(definition, throughput: 400, cancellationToken: Shop.Cancellation)).Container;
        var refused = await Assert.ThrowsAsync<CosmosException>(async () =>
        {
            for (var number = 0; number < 100; number++)
            {
                await small.CreateItemAsync(new Order($"o{number}", "c", Shop.Month, "2026-11-01"), Shop.KeyOf("c"), cancellationToken: Shop.Cancellation);
            }
        });
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Server_request_charges_match_the_documentation()
    {
        await using var shop = await Shop.OpenAsync();
        var customer = Shop.NewCustomer();
        var key = Shop.KeyOf(customer);
        var small = new Order("small", customer, Shop.Month, "2026-11-01") { Note = new string('n', 500) };
        var large = small with { Id = "large", Note = new string('n', 100 * 1024) };

        var createSmall = await shop.Orders.CreateItemAsync(small, key, cancellationToken: Shop.Cancellation);
        var createLarge = await shop.Orders.CreateItemAsync(large, key, cancellationToken: Shop.Cancellation);
        var replaceSmall = await shop.Orders.ReplaceItemAsync(small, "small", key, cancellationToken: Shop.Cancellation);
        var readSmall = await shop.Orders.ReadItemAsync<Order>("small", key, cancellationToken: Shop.Cancellation);
        var readLarge = await shop.Orders.ReadItemAsync<Order>("large", key, cancellationToken: Shop.Cancellation);

        Assert.InRange(createSmall.RequestCharge, 5, 6);
        Assert.InRange(createLarge.RequestCharge, 45, 55);
        Assert.InRange(replaceSmall.RequestCharge, 10, 11);
        Assert.Equal(1, readSmall.RequestCharge);
        Assert.InRange(readLarge.RequestCharge, 9, 11);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(450)]
    public async Task An_invalid_throughput_gets_400(int throughput)
    {
        await using var shop = await Shop.OpenAsync();
        var definition = Shop.OrdersDefinition();
        definition.Id = "small";
        var refused = await Assert.ThrowsAsync<CosmosException>(
            () => shop.Client.GetDatabase("shop").CreateContainerAsync(definition, throughput, cancellationToken: Shop.Cancellation));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task An_item_expires_after_its_time_to_live()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { Time = time });
        var order = new Order("o1", "c", Shop.Month, "2026-11-01") { Ttl = 60 };
        await shop.Orders.CreateItemAsync(order, Shop.KeyOf("c"), cancellationToken: Shop.Cancellation);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(60, (await shop.Orders.ReadItemAsync<Order>("o1", Shop.KeyOf("c"), cancellationToken: Shop.Cancellation)).Resource.Ttl);
        time.Advance(TimeSpan.FromSeconds(1));
        var gone = await Assert.ThrowsAsync<CosmosException>(() => shop.Orders.ReadItemAsync<Order>("o1", Shop.KeyOf("c"), cancellationToken: Shop.Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await shop.Orders.CreateItemAsync(order, Shop.KeyOf("c"), cancellationToken: Shop.Cancellation);
    }
}
