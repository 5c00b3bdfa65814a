using System.Net;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class BatchTests(Shop shop) : IClassFixture<Shop>
{
    private readonly string _customer = Shop.NewCustomer();

    private PartitionKey Key => Shop.KeyOf(_customer);

    [Fact]
    public async Task A_batch_applies_and_reports_all_operations()
    {
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .CreateItem(NewOrder("order"))
            .CreateItem(NewOrder("idempotency"))
            .CreateItem(NewOrder("event"), new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false })
            .ReadItem("order")
            .UpsertItem(NewOrder("idempotency") with { Note = "done" })
            .DeleteItem("event")
            .ExecuteAsync(Shop.Cancellation);

        Assert.Equal(
            [HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent],
            response.Select(result => result.StatusCode));
        Assert.Equal("order", response.GetOperationResultAtIndex<Order>(3).Resource.Id);
        Assert.Null(response[2].ResourceStream);
        Assert.Equal(response[0].ETag, (await shop.Orders.ReadItemAsync<Order>("order", Key, cancellationToken: Shop.Cancellation)).ETag);
        Assert.Equal("done", (await shop.Orders.ReadItemAsync<Order>("idempotency", Key, cancellationToken: Shop.Cancellation)).Resource.Note);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("event"));
    }

    [Fact]
    public async Task A_failed_operation_rolls_back_the_batch()
    {
        await shop.PlaceAsync(_customer, 1);
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .CreateItem(NewOrder("new"))
            .CreateItem(NewOrder($"{_customer}-000"))
            .CreateItem(NewOrder("later"))
            .ExecuteAsync(Shop.Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(
            [HttpStatusCode.FailedDependency, HttpStatusCode.Conflict, HttpStatusCode.FailedDependency],
            response.Select(result => result.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("new"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("later"));
    }

    [Fact]
    public async Task A_stale_etag_fails_the_batch()
    {
        var created = await shop.Orders.CreateItemAsync(NewOrder("order"), Key, cancellationToken: Shop.Cancellation);
        var stale = new TransactionalBatchItemRequestOptions { IfMatchEtag = created.ETag };
        using var first = await ChangeAsync(stale, "event-1");
        using var second = await ChangeAsync(stale, "event-2");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("event-2"));
    }

    [Theory]
    [InlineData(100, HttpStatusCode.OK)]
    [InlineData(101, HttpStatusCode.BadRequest)]
    public async Task A_batch_can_have_at_most_100_operations(int operations, HttpStatusCode expected)
    {
        var batch = shop.Orders.CreateTransactionalBatch(Key);
        for (var number = 0; number < operations; number++)
        {
            batch.CreateItem(NewOrder($"o{number}"));
        }
        using var response = await batch.ExecuteAsync(Shop.Cancellation);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? HttpStatusCode.OK : HttpStatusCode.NotFound, await StatusOfAsync("o0"));
    }

    [Fact]
    public async Task A_batch_above_2_MB_gets_413()
    {
        var batch = shop.Orders.CreateTransactionalBatch(Key);
        for (var number = 0; number < 3; number++)
        {
            batch.CreateItem(NewOrder($"o{number}") with { Note = new string('n', 700 * 1024) });
        }
        using var response = await batch.ExecuteAsync(Shop.Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("o0"));
    }

    [Fact]
    public async Task A_batch_reports_400_only_for_the_item_in_another_partition()
    {
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .CreateItem(NewOrder("here"))
            .CreateItem(NewOrder("there") with { Month = "2026-12" })
            .CreateItem(NewOrder("later"))
            .ExecuteAsync(Shop.Cancellation);
        Assert.Equal(
            [HttpStatusCode.FailedDependency, HttpStatusCode.BadRequest, HttpStatusCode.FailedDependency],
            response.Select(result => result.StatusCode));
        Assert.True(response.RequestCharge > 0);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("here"));
    }

    [Fact]
    public async Task A_read_in_a_batch_honours_If_None_Match()
    {
        var created = await shop.Orders.CreateItemAsync(NewOrder("order"), Key, cancellationToken: Shop.Cancellation);
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .ReadItem("order", new TransactionalBatchItemRequestOptions { IfNoneMatchEtag = created.ETag })
            .CreateItem(NewOrder("event"))
            .ExecuteAsync(Shop.Cancellation);
        Assert.Equal([HttpStatusCode.NotModified, HttpStatusCode.Created], response.Select(result => result.StatusCode));
        Assert.Null(response[0].ResourceStream);
    }

    [Fact]
    public async Task A_batch_with_results_above_4_MB_gets_413()
    {
        for (var number = 0; number < 3; number++)
        {
            var large = NewOrder($"o{number}") with { Note = new string('n', 1500 * 1024) };
            await shop.Orders.CreateItemAsync(large, Key, cancellationToken: Shop.Cancellation);
        }
        using var response = await shop.Orders.CreateTransactionalBatch(Key)
            .ReadItem("o0").ReadItem("o1").ReadItem("o2").CreateItem(NewOrder("event"))
            .ExecuteAsync(Shop.Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync("event"));
    }

    [Fact]
    public async Task A_corrupted_batch_never_causes_a_5xx_response()
    {
        var random = new Random(7);
        var handler = new CorruptingHandler(body =>
        {
            var corrupted = body[..(random.Next(3) == 0 ? random.Next(body.Length) : body.Length)];
            for (var flip = random.Next(1, 4); flip > 0 && corrupted.Length > 0; flip--)
            {
                corrupted[random.Next(corrupted.Length)] = (byte)random.Next(256);
            }
            return corrupted;
        });
        using var http = new HttpClient(handler);
        using var client = shop.Connect(options => options.HttpClientFactory = () => http);
        for (var attempt = 0; attempt < 500; attempt++)
        {
            using var response = await Shop.OrdersOf(client).CreateTransactionalBatch(Key)
                .CreateItem(NewOrder($"o{attempt}")).CreateItem(NewOrder($"e{attempt}")).ExecuteAsync(Shop.Cancellation);
        }
        Assert.Equal(500, handler.Statuses.Count);
        Assert.Contains(HttpStatusCode.BadRequest, handler.Statuses);
        Assert.All(handler.Statuses, status => Assert.InRange((int)status, 200, 499));
    }

    private Order NewOrder(string id) => new(id, _customer, Shop.Month, "2026-11-01");

    private Task<TransactionalBatchResponse> ChangeAsync(TransactionalBatchItemRequestOptions options, string eventId) =>
        shop.Orders.CreateTransactionalBatch(Key)
            .ReplaceItem("order", NewOrder("order") with { Note = eventId }, options)
            .CreateItem(NewOrder(eventId))
            .ExecuteAsync(Shop.Cancellation);

    private async Task<HttpStatusCode> StatusOfAsync(string id)
    {
        using var response = await shop.Orders.ReadItemStreamAsync(id, Key, cancellationToken: Shop.Cancellation);
        return response.StatusCode;
    }
}
