using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class ItemTests(Shop shop) : IClassFixture<Shop>
{
    private readonly string _customer = Shop.NewCustomer();

    private PartitionKey Key => Shop.KeyOf(_customer);

    [Fact]
    public async Task A_created_item_can_be_read_with_its_ETag()
    {
        var order = NewOrder("o1") with { Note = "grüße" };
        var created = await shop.Orders.CreateItemAsync(order, Key, cancellationToken: Shop.Cancellation);
        var read = await shop.Orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(order, read.Resource);
        Assert.Equal(created.ETag, read.ETag);
    }

    [Fact]
    public async Task Item_ids_must_be_unique_within_a_logical_partition()
    {
        await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        await shop.Orders.CreateItemAsync(NewOrder("o1") with { Month = "2026-12" }, Shop.KeyOf(_customer, "2026-12"), cancellationToken: Shop.Cancellation);

        await RefusedAsync(HttpStatusCode.Conflict, () => shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation));
    }

    [Fact]
    public async Task Reading_a_missing_item_gets_404_without_a_substatus()
    {
        var refused = await RefusedAsync(HttpStatusCode.NotFound, () => shop.Orders.ReadItemAsync<Order>("none", Key, cancellationToken: Shop.Cancellation));
        Assert.Equal(0, refused.SubStatusCode);
    }

    [Fact]
    public async Task A_missing_container_gets_404_with_substatus_1003()
    {
        var refused = await RefusedAsync(
            HttpStatusCode.NotFound, () => shop.Client.GetContainer("shop", "none").ReadItemAsync<Order>("o1", new PartitionKey("x"), cancellationToken: Shop.Cancellation));
        Assert.Equal(1003, refused.SubStatusCode);
    }

    [Fact]
    public async Task A_replacement_with_a_stale_ETag_gets_412()
    {
        var first = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        var second = await shop.Orders.ReplaceItemAsync(
            NewOrder("o1") with { Note = "paid" }, "o1", Key, new ItemRequestOptions { IfMatchEtag = first.ETag }, cancellationToken: Shop.Cancellation);

        Assert.NotEqual(first.ETag, second.ETag);
        await RefusedAsync(
            HttpStatusCode.PreconditionFailed,
            () => shop.Orders.ReplaceItemAsync(NewOrder("o1"), "o1", Key, new ItemRequestOptions { IfMatchEtag = first.ETag }, cancellationToken: Shop.Cancellation));
        Assert.Equal("paid", (await shop.Orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).Resource.Note);
    }

    [Fact]
    public async Task Only_one_concurrent_replacement_with_an_ETag_succeeds()
    {
        var created = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            try
            {
                var options = new ItemRequestOptions { IfMatchEtag = created.ETag };
                return (await shop.Orders.ReplaceItemAsync(NewOrder("o1") with { Note = $"{number}" }, "o1", Key, options, cancellationToken: Shop.Cancellation)).StatusCode;
            }
            catch (CosmosException refused)
            {
                return refused.StatusCode;
            }
        }));

        Assert.Single(statuses, HttpStatusCode.OK);
        Assert.Equal(19, statuses.Count(status => status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task A_read_with_the_current_ETag_gets_304()
    {
        var created = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        using var unchanged = await shop.Orders.ReadItemStreamAsync("o1", Key, new ItemRequestOptions { IfNoneMatchEtag = created.ETag }, cancellationToken: Shop.Cancellation);
        using var changed = await shop.Orders.ReadItemStreamAsync("o1", Key, new ItemRequestOptions { IfNoneMatchEtag = "\"other\"" }, cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task An_upsert_creates_or_replaces_an_item()
    {
        Assert.Equal(HttpStatusCode.Created, (await shop.Orders.UpsertItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Orders.UpsertItemAsync(NewOrder("o1") with { Note = "2" }, Key, cancellationToken: Shop.Cancellation)).StatusCode);
        Assert.Equal("2", (await shop.Orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).Resource.Note);
    }

    [Fact]
    public async Task A_deleted_item_gets_404()
    {
        await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, (await shop.Orders.DeleteItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).StatusCode);
        await RefusedAsync(HttpStatusCode.NotFound, () => shop.Orders.DeleteItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation));
    }

    [Fact]
    public async Task A_write_response_can_omit_the_item()
    {
        var created = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, new ItemRequestOptions { EnableContentResponseOnWrite = false }, cancellationToken: Shop.Cancellation);
        Assert.Null(created.Resource);
        Assert.NotNull(created.ETag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("ends in a space ")]
    public Task An_invalid_item_id_gets_400(string id) =>
        RefusedAsync($$"""{"id":"{{id.Replace("\\", "\\\\", StringComparison.Ordinal)}}","customerId":"{{_customer}}","month":"2026-11"}""", HttpStatusCode.BadRequest);

    [Fact]
    public Task An_item_id_above_1023_bytes_gets_400() =>
        RefusedAsync($$"""{"id":"{{new string('i', 1024)}}","customerId":"{{_customer}}","month":"2026-11"}""", HttpStatusCode.BadRequest);

    [Theory]
    [InlineData("""{"customerId":"C","month":"2026-11"}""")]
    [InlineData("""{"id":7,"customerId":"C","month":"2026-11"}""")]
    [InlineData("""{"id":"o1","id":"o2","customerId":"C","month":"2026-11"}""")]
    [InlineData("""{"id":"o1","customerId":"C","month":"2026-11","total":9007199254740993}""")]
    [InlineData("""{"id":"o1","customerId":"C","month":"2026-11","total":1e999}""")]
    [InlineData("""{"id":"o1","customerId":"C","month":"2026-11","text":"\ud800"}""")]
    [InlineData("""{"id":"o1","customerId":"C","month":"2026-11","ttl":0}""")]
    [InlineData("""["id"]""")]
    [InlineData("""{"id":"o1",""")]
    public Task An_invalid_item_gets_400(string body) =>
        RefusedAsync(body.Replace("\"C\"", $"\"{_customer}\"", StringComparison.Ordinal), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData(120, HttpStatusCode.Created)]
    [InlineData(200, HttpStatusCode.BadRequest)]
    public async Task An_item_nested_too_deeply_gets_400(int depth, HttpStatusCode expected)
    {
        var nested = string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
        using var response = await CreateAsync($$"""{"id":"deep","customerId":"{{_customer}}","month":"2026-11","deep":{{nested}}}""");
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.Created)
        {
            // The client's serializer reads at most 64 levels of nesting, so the test parses the response stream itself.
            using var query = shop.Orders.GetItemQueryStreamIterator(
                "SELECT * FROM c WHERE c.id = 'deep' ORDER BY c.id", requestOptions: new QueryRequestOptions { PartitionKey = Key });
            using var page = await query.ReadNextAsync(Shop.Cancellation);
            using var found = await JsonDocument.ParseAsync(page.Content, new JsonDocumentOptions { MaxDepth = 256 }, Shop.Cancellation);
            Assert.Equal("deep", Assert.Single(found.RootElement.GetProperty("Documents").EnumerateArray()).GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task An_item_above_2_MB_gets_413()
    {
        await shop.Orders.CreateItemAsync(NewOrder("o1") with { Note = new string('n', 2 * 1024 * 1024 - 1000) }, Key, cancellationToken: Shop.Cancellation);
        await RefusedAsync(
            HttpStatusCode.RequestEntityTooLarge,
            () => shop.Orders.CreateItemAsync(NewOrder("o2") with { Note = new string('n', 2 * 1024 * 1024) }, Key, cancellationToken: Shop.Cancellation));
        await RefusedAsync(
            HttpStatusCode.RequestEntityTooLarge,
            () => shop.Orders.CreateItemAsync(NewOrder("o3") with { Note = new string('n', 5 * 1024 * 1024) }, Key, cancellationToken: Shop.Cancellation));
    }

    [Fact]
    public async Task A_mismatched_partition_key_gets_400_with_substatus_1001()
    {
        var refused = await RefusedAsync(HttpStatusCode.BadRequest, () => shop.Orders.CreateItemAsync(NewOrder("o1"), Shop.KeyOf(Shop.NewCustomer()), cancellationToken: Shop.Cancellation));
        Assert.Equal(1001, refused.SubStatusCode);
    }

    [Fact]
    public Task A_partial_partition_key_gets_400() =>
        RefusedAsync(HttpStatusCode.BadRequest, () => shop.Orders.ReadItemAsync<Order>("o1", new PartitionKey(_customer), cancellationToken: Shop.Cancellation));

    [Fact]
    public async Task A_replacement_can_rename_the_item()
    {
        var customer = Shop.NewCustomer();
        await shop.PlaceAsync(customer, 2);
        var renamed = new Order("renamed", customer, Shop.Month, "2026-11-01");
        var taken = renamed with { Id = $"{customer}-001" };

        await shop.Orders.ReplaceItemAsync(renamed, $"{customer}-000", Shop.KeyOf(customer), cancellationToken: Shop.Cancellation);
        var conflict = await Assert.ThrowsAsync<CosmosException>(() =>
            shop.Orders.ReplaceItemAsync(taken, "renamed", Shop.KeyOf(customer), cancellationToken: Shop.Cancellation));
        using var old = await shop.Orders.ReadItemStreamAsync($"{customer}-000", Shop.KeyOf(customer), cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, conflict.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
        var read = await shop.Orders.ReadItemAsync<Order>("renamed", Shop.KeyOf(customer), cancellationToken: Shop.Cancellation);
        Assert.Equal("renamed", read.Resource.Id);
    }

    [Theory]
    [InlineData("ein id")]
    [InlineData("übergröße")]
    [InlineData("a+b&c=d")]
    [InlineData("a.json")]
    [InlineData("two words.txt")]
    [InlineData("100%")]
    public async Task An_item_can_be_read_by_an_id_with_special_characters(string id)
    {
        await shop.Orders.CreateItemAsync(NewOrder(id), Key, cancellationToken: Shop.Cancellation);
        Assert.Equal(id, (await shop.Orders.ReadItemAsync<Order>(id, Key, cancellationToken: Shop.Cancellation)).Resource.Id);
    }

    [Fact]
    public async Task A_partition_key_can_have_one_level()
    {
        var plain = (await shop.Client.GetDatabase("shop").CreateContainerAsync(OneLevel(Shop.NewCustomer()), cancellationToken: Shop.Cancellation)).Container;
        await plain.CreateItemAsync(NewOrder("o1"), new PartitionKey(_customer), cancellationToken: Shop.Cancellation);
        Assert.Equal("o1", (await plain.ReadItemAsync<Order>("o1", new PartitionKey(_customer), cancellationToken: Shop.Cancellation)).Resource.Id);
    }

    [Fact]
    public async Task The_name_of_a_deleted_container_can_be_reused()
    {
        var name = Shop.NewCustomer();
        var database = shop.Client.GetDatabase("shop");
        var container = (await database.CreateContainerAsync(OneLevel(name), cancellationToken: Shop.Cancellation)).Container;
        await RefusedAsync(HttpStatusCode.Conflict, () => database.CreateContainerAsync(OneLevel(name), cancellationToken: Shop.Cancellation));
        await container.CreateItemAsync(NewOrder("o1"), new PartitionKey(_customer), cancellationToken: Shop.Cancellation);
        await container.DeleteContainerAsync(cancellationToken: Shop.Cancellation);
        await database.CreateContainerAsync(OneLevel(name), cancellationToken: Shop.Cancellation);
        await RefusedAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Order>("o1", new PartitionKey(_customer), cancellationToken: Shop.Cancellation));
    }

    private static ContainerProperties OneLevel(string name) =>
        new(name, "/customerId") { PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2 };

    private Order NewOrder(string id) => new(id, _customer, Shop.Month, "2026-11-01");

    private async Task<ResponseMessage> CreateAsync(string json)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return await shop.Orders.CreateItemStreamAsync(body, Key, cancellationToken: Shop.Cancellation);
    }

    private async Task RefusedAsync(string json, HttpStatusCode expected)
    {
        using var response = await CreateAsync(json);
        Assert.Equal(expected, response.StatusCode);
    }

    private static async Task<CosmosException> RefusedAsync(HttpStatusCode expected, Func<Task> operation)
    {
        var refused = await Assert.ThrowsAsync<CosmosException>(operation);
        Assert.Equal(expected, refused.StatusCode);
        return refused;
    }
}
