using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.StrictCosmos;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class FaultTests
{
    private const string Customer = "c";
    private static readonly PartitionKey Key = Shop.KeyOf(Customer);

    [Theory]
    [InlineData(FaultKind.Throttled, 429)]
    [InlineData(FaultKind.RequestTimeout, 408)]
    [InlineData(FaultKind.ServiceUnavailable, 503)]
    public async Task A_fault_injected_before_a_write_prevents_the_write(FaultKind kind, int status)
    {
        await using var shop = await Shop.OpenAsync();
        using var armed = shop.Server.Faults.Inject(new Fault { Kind = kind, Count = 1 });

        Assert.Equal(status, (int)await CreateAsync(shop, "o1"));
        Assert.Equal(1, armed.Hits);
        Assert.Equal(0, Items(shop));
        Assert.Equal(HttpStatusCode.Created, await CreateAsync(shop, "o1"));
    }

    [Theory]
    [InlineData(FaultKind.RequestTimeout, 408)]
    [InlineData(FaultKind.ServiceUnavailable, 503)]
    public async Task A_fault_injected_after_a_write_does_not_undo_the_write(FaultKind kind, int status)
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Faults.Inject(new Fault { Kind = kind, Moment = FaultMoment.AfterApplying, On = CosmosOperations.Create, Count = 1 });

        Assert.Equal(status, (int)await CreateAsync(shop, "o1"));
        Assert.Equal(1, Items(shop));
        Assert.Equal(HttpStatusCode.Conflict, await CreateAsync(shop, "o1"));
    }

    [Fact]
    public async Task A_fault_injected_after_a_batch_does_not_undo_the_batch()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Faults.Inject(new Fault { Kind = FaultKind.ServiceUnavailable, Moment = FaultMoment.AfterApplying, On = CosmosOperations.Batch, Count = 1 });
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .CreateItem(NewOrder("o1")).CreateItem(NewOrder("o2")).ExecuteAsync(Shop.Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(2, Items(shop));
    }

    [Fact]
    public async Task Failed_writes_do_not_consume_a_fault_injected_after_writes()
    {
        await using var shop = await Shop.OpenAsync();
        await CreateAsync(shop, "o1");
        using var armed = shop.Server.Faults.Inject(new Fault { Kind = FaultKind.ServiceUnavailable, Moment = FaultMoment.AfterApplying, Count = 1 });
        Assert.Equal(HttpStatusCode.Conflict, await CreateAsync(shop, "o1"));
        Assert.Equal(0, armed.Hits);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CreateAsync(shop, "o2"));
    }

    [Fact]
    public async Task The_SDK_retries_after_a_449_response()
    {
        await using var shop = await Shop.OpenAsync();
        using var armed = shop.Server.Faults.Inject(new Fault { Kind = FaultKind.RetryWith, Count = 1 });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync(shop, "o1"));
        Assert.Equal(1, armed.Hits);
    }

    [Fact]
    public async Task The_SDK_retries_after_a_429_response_when_configured()
    {
        await using var shop = await Shop.OpenAsync();
        using var patient = shop.Connect(options => options.MaxRetryAttemptsOnRateLimitedRequests = 9);
        using var armed = shop.Server.Faults.Inject(new Fault { Kind = FaultKind.Throttled, Count = 3, RetryAfter = TimeSpan.FromMilliseconds(1) });
        await Shop.OrdersOf(patient).CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        Assert.Equal(3, armed.Hits);
    }

    [Fact]
    public async Task A_connection_lost_after_a_write_does_not_undo_the_write()
    {
        await using var shop = await Shop.OpenAsync();
        using var armed = shop.Server.Faults.Inject(new Fault
        {
            Kind = FaultKind.ConnectionLost,
            Moment = FaultMoment.AfterApplying,
            On = CosmosOperations.Create,
            Count = 1,
        });
        await Assert.ThrowsAsync<HttpRequestException>(() => StreamAsync(shop, "o1"));
        Assert.Equal(1, armed.Hits);
        Assert.Equal(1, Items(shop));
    }

    [Fact]
    public async Task A_fault_affects_only_the_configured_operations()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Faults.Inject(new Fault { Kind = FaultKind.ServiceUnavailable, On = CosmosOperations.Read });
        Assert.Equal(HttpStatusCode.Created, await CreateAsync(shop, "o1"));
        using var read = await shop.Orders.ReadItemStreamAsync("o1", Key, cancellationToken: Shop.Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.StatusCode);
        shop.Server.Faults.Clear();
        using var again = await shop.Orders.ReadItemStreamAsync("o1", Key, cancellationToken: Shop.Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_fault_with_a_rate_fails_that_fraction_of_operations()
    {
        await using var shop = await Shop.OpenAsync();
        using var armed = shop.Server.Faults.Inject(new Fault { Kind = FaultKind.RequestTimeout, On = CosmosOperations.Create, Rate = 0.3 });
        var failed = 0;
        for (var number = 0; number < 200; number++)
        {
            failed += await CreateAsync(shop, $"o{number}") == HttpStatusCode.RequestTimeout ? 1 : 0;
        }
        Assert.Equal(armed.Hits, failed);
        // The bounds are four standard deviations of the binomial distribution. The seed is fixed.
        Assert.InRange(failed, 34, 86);
    }

    [Fact]
    public async Task Configured_latency_delays_every_response()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { Time = time });
        await CreateAsync(shop, "o1");
        shop.Server.Faults.Latency = TimeSpan.FromSeconds(2);
        var write = CreateAsync(shop, "o2");
        // Only the test's fake clock can end the wait.
        while (!write.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, Shop.Cancellation);
        }
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Created, await write);
    }

    [Fact]
    public async Task Faults_that_Cosmos_DB_cannot_produce_are_rejected()
    {
        await using var shop = await Shop.OpenAsync();
        Assert.Throws<ArgumentException>(() => shop.Server.Faults.Inject(new Fault { Kind = FaultKind.Throttled, Moment = FaultMoment.AfterApplying }));
        Assert.Throws<ArgumentException>(() => shop.Server.Faults.Inject(new Fault { Kind = FaultKind.RetryWith, Moment = FaultMoment.AfterApplying }));
        Assert.Throws<ArgumentException>(() => shop.Server.Faults.Inject(new Fault { Kind = FaultKind.Throttled, Rate = 0 }));
    }

    private static Order NewOrder(string id) => new(id, Customer, Shop.Month, "2026-11-01");

    private static int Items(Shop shop) => shop.Server.ReadPartitions().Sum(partition => partition.Items);

    private static async Task<ResponseMessage> StreamAsync(Shop shop, string id)
    {
        using var body = new MemoryStream(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(NewOrder(id), System.Text.Json.JsonSerializerOptions.Web));
        return await shop.Orders.CreateItemStreamAsync(body, Key, cancellationToken: Shop.Cancellation);
    }

    private static async Task<HttpStatusCode> CreateAsync(Shop shop, string id)
    {
        using var response = await StreamAsync(shop, id);
        return response.StatusCode;
    }
}
