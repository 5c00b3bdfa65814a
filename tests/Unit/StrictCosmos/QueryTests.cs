using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class QueryTests(Shop shop) : IClassFixture<Shop>
{
    private const string Newest = "SELECT * FROM c WHERE c.customerId = @c AND c.month = @m AND c.type = 'order' ORDER BY c.createdAt DESC, c.id DESC";
    private readonly string _customer = Shop.NewCustomer();

    private PartitionKey Key => Shop.KeyOf(_customer);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_pages_are_ordered_and_have_no_gaps(bool optimistic)
    {
        var placed = await shop.PlaceAsync(_customer, 25);
        await shop.PlaceAsync(_customer, 3, "2026-12");
        var pages = new List<int>();
        var found = new List<Order>();
        string? continuation = null;
        do
        {
            // Each page uses a new iterator, as in a web app that serves each page in a separate request.
            using var iterator = shop.Orders.GetItemQueryIterator<Order>(
                Definition(Newest), continuation, new QueryRequestOptions { PartitionKey = Key, MaxItemCount = 10, EnableOptimisticDirectExecution = optimistic });
            var page = await iterator.ReadNextAsync(Shop.Cancellation);
            pages.Add(page.Count);
            found.AddRange(page);
            continuation = page.ContinuationToken;
        }
        while (continuation is not null);

        Assert.Equal([10, 10, 5], pages);
        Assert.Equal(placed.Reverse(), found);
    }

    [Fact]
    public async Task Keyset_paging_returns_the_orders_after_a_given_order()
    {
        var placed = await shop.PlaceAsync(_customer, 9);
        var found = await QueryAsync<Order>(
            "SELECT * FROM c WHERE c.customerId = @c AND c.month = @m AND c.id > @after AND c.id < @end ORDER BY c.id",
            ("@after", placed[4].Id), ("@end", placed[8].Id));
        Assert.Equal([placed[5], placed[6], placed[7]], found);
    }

    [Fact]
    public async Task A_cross_partition_query_can_resume_between_equal_sort_values()
    {
        var month = Shop.NewCustomer();
        var placed = new List<Order>();
        for (var customer = 0; customer < 8; customer++)
        {
            placed.AddRange(await shop.PlaceAsync(Shop.NewCustomer(), 5, month));
        }
        foreach (var direction in new[] { "ASC", "DESC" })
        {
            var found = new List<Order>();
            string? continuation = null;
            do
            {
                using var iterator = shop.Orders.GetItemQueryIterator<Order>(
                    new QueryDefinition($"SELECT * FROM c WHERE c.month = @m ORDER BY c.createdAt {direction}").WithParameter("@m", month),
                    continuation,
                    new QueryRequestOptions { MaxItemCount = 7 });
                var page = await iterator.ReadNextAsync(Shop.Cancellation);
                found.AddRange(page);
                continuation = page.ContinuationToken;
            }
            while (continuation is not null);

            var times = placed.Select(order => order.CreatedAt).Order();
            Assert.Equal(direction == "ASC" ? times : times.Reverse(), found.Select(order => order.CreatedAt));
            Assert.Equal(placed.Select(order => order.Id).Order(), found.Select(order => order.Id).Order());
        }
    }

    [Fact]
    public async Task A_partition_key_prefix_query_finds_all_items()
    {
        var customers = Enumerable.Range(0, 12).Select(_ => Shop.NewCustomer()).ToList();
        foreach (var customer in customers)
        {
            await shop.PlaceAsync(customer, 2);
            await shop.PlaceAsync(customer, 1, "2027-01");
        }
        // The SDK hashes the prefix of the partition key and sends the query to the range of hashes that start with the prefix's hash.
        foreach (var customer in customers)
        {
            var found = await Shop.ReadAllAsync(shop.Orders.GetItemQueryIterator<Order>(
                "SELECT * FROM c", requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add(customer).Build() }));
            Assert.Equal(3, found.Count);
            Assert.All(found, order => Assert.Equal(customer, order.CustomerId));
        }
    }

    [Fact]
    public async Task Feed_ranges_divide_the_items_without_overlap()
    {
        var month = Shop.NewCustomer();
        for (var customer = 0; customer < 30; customer++)
        {
            await shop.PlaceAsync(Shop.NewCustomer(), 1, month);
        }
        var ranges = await shop.Orders.GetFeedRangesAsync(Shop.Cancellation);
        var found = new List<IReadOnlyList<Order>>();
        foreach (var range in ranges)
        {
            found.Add(await Shop.ReadAllAsync(shop.Orders.GetItemQueryIterator<Order>(
                range, new QueryDefinition("SELECT * FROM c WHERE c.month = @m").WithParameter("@m", month))));
        }
        Assert.Equal(4, ranges.Count);
        Assert.Equal(30, found.SelectMany(orders => orders).DistinctBy(order => order.Id).Count());
        Assert.Equal(30, found.Sum(orders => orders.Count));
        Assert.All(found, orders => Assert.InRange(orders.Count, 0, 29));
    }

    [Fact]
    public async Task A_single_partition_query_reads_one_partition()
    {
        await shop.PlaceAsync(_customer, 3);
        var before = shop.Server.ReadPartitions().Select(partition => partition.Reading.Requests).ToList();
        await QueryAsync<Order>(Newest);
        var after = shop.Server.ReadPartitions().Select(partition => partition.Reading.Requests).ToList();
        Assert.Equal(1, after.Sum() - before.Sum());
    }

    [Fact]
    public async Task Optimistic_direct_execution_skips_the_query_plan()
    {
        await shop.PlaceAsync(_customer, 3);
        foreach (var (optimistic, plans) in new[] { (false, 1), (true, 0) })
        {
            shop.Server.Meters.Reset();
            await Shop.ReadAllAsync(shop.Orders.GetItemQueryIterator<Order>(
                Definition(Newest), requestOptions: new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = optimistic }));
            Assert.Equal(1, shop.Server.Meters.Of(CosmosOperations.Query).Requests);
            Assert.Equal(plans, shop.Server.Meters.Of(CosmosOperations.QueryPlan).Requests);
        }
    }

    [Theory]
    [InlineData("c.note = 'x'", 1)]
    [InlineData("c.note = null", 1)]
    [InlineData("c.note > 'w'", 1)]
    [InlineData("c.note = true", 0)]
    [InlineData("c.note < false", 0)]
    [InlineData("c.note >= -1.5e3", 0)]
    [InlineData("c.createdAt >= '2026-11-02'", 2)]
    [InlineData("c.createdAt <= '2026-11-01'", 2)]
    [InlineData("c.createdAt > '2026-11-01' AND c.note = \"x\"", 1)]
    [InlineData("c.createdAt = 5", 0)]
    [InlineData("c.createdAt > 5", 0)]
    [InlineData("c.missing.deeper = 'x'", 0)]
    [InlineData("c[\"type\"] = 'order' AND true", 4)]
    public async Task A_condition_matches_only_values_of_the_same_type(string condition, int matches)
    {
        var placed = await shop.PlaceAsync(_customer, 2);
        await UpsertAsync("noted", "\"x\"");
        await UpsertAsync("null", "null");
        Assert.Equal(2, placed.Count);
        // The placed orders have no 'note' property because the serializer omits null values.
        Assert.Equal(matches, (await QueryAsync<JsonElement>($"SELECT * FROM c WHERE {condition}")).Count);
    }

    [Theory]
    [InlineData("SELECT COUNT(1) FROM c")]
    [InlineData("SELECT VALUE COUNT(1) FROM c")]
    [InlineData("SELECT DISTINCT c.id FROM c")]
    [InlineData("SELECT c.type FROM c GROUP BY c.type")]
    [InlineData("SELECT * FROM c JOIN l IN c.lines")]
    [InlineData("SELECT * FROM c WHERE c.id LIKE 'a%'")]
    [InlineData("SELECT * FROM c WHERE c.total + 1 > 2")]
    [InlineData("SELECT * FROM c WHERE LOWER(c.id) = 'a'")]
    [InlineData("SELECT * FROM c WHERE c.order = 1")]
    [InlineData("SELECT * FROM c WHERE customerId = 'a'")]
    [InlineData("SELECT * FROM c WHERE c.id = @missing")]
    [InlineData("SELECT * FROM c ORDER BY LOWER(c.id)")]
    [InlineData("SELECT * FROM c ORDER BY c")]
    [InlineData("SELECT TOP -1 * FROM c")]
    [InlineData("SELECT TOP 1 * FROM c OFFSET 1 LIMIT 1")]
    [InlineData("SELECT * FROM c WHERE")]
    [InlineData("SELECT * FROM c; DROP")]
    [InlineData("SELECT * FROM c WHERE c.id = 'open")]
    [InlineData("SELECT c.id = 1 FROM c")]
    [InlineData("SELECT VALUE c.id FROM c")]
    [InlineData("SELECT c.id, c.createdAt AS at FROM c")]
    [InlineData("SELECT TOP 1 * FROM c")]
    [InlineData("SELECT * FROM c OFFSET 1 LIMIT 2")]
    [InlineData("SELECT * FROM c WHERE c.id = 'a' OR c.id = 'b'")]
    [InlineData("SELECT * FROM c WHERE NOT (c.id = 'a')")]
    [InlineData("SELECT * FROM c WHERE c.id != 'a'")]
    [InlineData("SELECT * FROM c WHERE c.id IN ('a')")]
    [InlineData("SELECT * FROM c WHERE c.id BETWEEN 'a' AND 'b'")]
    [InlineData("SELECT * FROM c WHERE IS_DEFINED(c.id)")]
    [InlineData("SELECT * FROM c WHERE STARTSWITH(c.id, 'a')")]
    [InlineData("SELECT * FROM c WHERE c.tags[0] = 'a'")]
    [InlineData("SELECT * FROM c WHERE c.id = c.type")]
    [InlineData("'SELECT' * FROM c")]
    public async Task Unsupported_SQL_gets_400_with_the_supported_syntax(string sql)
    {
        foreach (var optimistic in new[] { false, true })
        {
            using var iterator = shop.Orders.GetItemQueryIterator<JsonElement>(
                sql, requestOptions: new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = optimistic });
            var refused = await Assert.ThrowsAsync<CosmosException>(() => iterator.ReadNextAsync(Shop.Cancellation));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(sql.Contains("@missing", StringComparison.Ordinal) ? "@missing" : "SELECT * FROM c [WHERE", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_query_can_have_20_000_conditions()
    {
        await shop.PlaceAsync(_customer, 1);
        var chain = string.Join(" AND ", Enumerable.Repeat("c.id > 'x'", 20_000));
        Assert.Empty(await QueryAsync<Order>($"SELECT * FROM c WHERE {chain}"));
    }

    [Theory]
    [InlineData("c.createdAt ASC, c.id ASC", true)]
    [InlineData("c.createdAt DESC, c.id ASC", false)]
    [InlineData("c.id DESC, c.createdAt DESC", false)]
    [InlineData("c.createdAt DESC, c.note DESC", false)]
    [InlineData("c.createdAt DESC, c.id DESC, c.note DESC", false)]
    [InlineData("c.note", true)]
    [InlineData("c._etag", false)]
    public async Task An_ORDER_BY_without_an_index_gets_400(string order, bool isServed)
    {
        await shop.PlaceAsync(_customer, 2);
        var query = () => QueryAsync<Order>($"SELECT * FROM c ORDER BY {order}");
        if (isServed)
        {
            Assert.Equal(2, (await query()).Count);
        }
        else
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await Assert.ThrowsAsync<CosmosException>(query)).StatusCode);
        }
    }

    [Fact]
    public async Task An_unknown_continuation_token_gets_400()
    {
        using var iterator = shop.Orders.GetItemQueryIterator<Order>(
            new QueryDefinition("SELECT * FROM c"),
            """[{"token":"bm90IG91cnM=","range":{"min":"","max":"FF"}}]""",
            new QueryRequestOptions { PartitionKey = Key });
        var refused = await Assert.ThrowsAsync<CosmosException>(() => iterator.ReadNextAsync(Shop.Cancellation));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private QueryDefinition Definition(string sql) => new QueryDefinition(sql).WithParameter("@c", _customer).WithParameter("@m", Shop.Month);

    private Task<IReadOnlyList<T>> QueryAsync<T>(string sql, params (string Name, object Value)[] parameters) =>
        Shop.ReadAllAsync(shop.Orders.GetItemQueryIterator<T>(
            parameters.Aggregate(Definition(sql), (query, parameter) => query.WithParameter(parameter.Name, parameter.Value)),
            requestOptions: new QueryRequestOptions { PartitionKey = Key }));

    private async Task UpsertAsync(string id, string note)
    {
        using var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(
            $$"""{"id":"{{id}}","customerId":"{{_customer}}","month":"2026-11","createdAt":"2026-11-02","type":"order","note":{{note}}}"""));
        using var response = await shop.Orders.UpsertItemStreamAsync(body, Key, cancellationToken: Shop.Cancellation);
        response.EnsureSuccessStatusCode();
    }
}
