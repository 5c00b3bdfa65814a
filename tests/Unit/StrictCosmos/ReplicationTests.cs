using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.StrictCosmos;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed class ReplicationTests
{
    private const string Customer = "c";
    private const int ReadSessionNotAvailable = 1002;
    private static readonly PartitionKey Key = Shop.KeyOf(Customer);

    [Fact]
    public async Task Only_reads_without_a_session_token_can_be_stale()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(1);
        using var other = shop.Connect();
        var written = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(other, "o1"));
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(other, "o1", written.Headers.Session));
    }

    [Fact]
    public async Task A_client_reads_its_own_writes()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(3);
        var created = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        var changed = await shop.Orders.ReplaceItemAsync(NewOrder("o1") with { Note = "paid" }, "o1", Key, cancellationToken: Shop.Cancellation);
        Assert.NotEqual(created.Headers.Session, changed.Headers.Session);
        Assert.Equal("paid", (await shop.Orders.ReadItemAsync<Order>("o1", Key, cancellationToken: Shop.Cancellation)).Resource.Note);
    }

    [Fact]
    public async Task Only_queries_without_a_session_token_can_be_stale()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(2);
        using var other = shop.Connect();
        var orders = await shop.PlaceAsync(Customer, 5);
        var token = (await shop.Orders.ReadItemAsync<Order>(orders[4].Id, Key, cancellationToken: Shop.Cancellation)).Headers.Session;

        Assert.Equal(3, (await QueryAsync(other, null)).Count);
        Assert.Equal(5, (await QueryAsync(other, token)).Count);
    }

    [Fact]
    public async Task A_time_lagged_replica_catches_up_after_the_lag()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var shop = await Shop.OpenAsync(new StrictCosmosOptions { Time = time });
        shop.Server.Replication.Lag = ReplicaLag.OfTime(TimeSpan.FromSeconds(5));
        using var other = shop.Connect();
        await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(other, "o1"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(other, "o1"));
    }

    [Fact]
    public async Task SessionMiss_Refuse_causes_404_with_substatus_1002()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Server.Replication.Lag = ReplicaLag.OfWrites(1);
        shop.Server.Replication.SessionMiss = SessionMiss.Refuse;
        var written = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        using var other = shop.Connect();
        await RefusedAsync(other, "o1", written.Headers.Session, HttpStatusCode.NotFound, ReadSessionNotAvailable);
    }

    [Fact]
    public async Task A_session_token_beyond_all_commits_gets_404()
    {
        await using var shop = await Shop.OpenAsync();
        var written = await shop.Orders.CreateItemAsync(NewOrder("o1"), Key, cancellationToken: Shop.Cancellation);
        using var other = shop.Connect();
        var partition = written.Headers.Session.Split(':')[0];
        await RefusedAsync(other, "o1", $"{partition}:-1#999", HttpStatusCode.NotFound, ReadSessionNotAvailable);
        // A token for another partition has no effect.
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(other, "o1", "77:-1#999"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("0:")]
    [InlineData("0:-1#x")]
    [InlineData("0:-1")]
    public async Task A_malformed_session_token_gets_400(string token)
    {
        await using var shop = await Shop.OpenAsync();
        using var other = shop.Connect();
        await RefusedAsync(other, "o1", token, HttpStatusCode.BadRequest, 0);
    }

    [Fact]
    public async Task Each_physical_partition_numbers_its_own_commits()
    {
        await using var shop = await Shop.OpenAsync();
        var tokens = new Dictionary<string, int>();
        for (var number = 0; number < 40; number++)
        {
            var customer = Shop.NewCustomer();
            var written = await shop.Orders.CreateItemAsync(NewOrder("o1") with { CustomerId = customer }, Shop.KeyOf(customer), cancellationToken: Shop.Cancellation);
            var partition = written.Headers.Session.Split(':')[0];
            tokens[partition] = tokens.GetValueOrDefault(partition) + 1;
            Assert.Equal($"{partition}:-1#{tokens[partition]}", written.Headers.Session);
        }
        Assert.Equal(4, tokens.Count);
    }

    private static Order NewOrder(string id) => new(id, Customer, Shop.Month, "2026-11-01");

    private static async Task<HttpStatusCode> ReadAsync(CosmosClient client, string id, string? token = null)
    {
        using var response = await Shop.OrdersOf(client).ReadItemStreamAsync(id, Key, new ItemRequestOptions { SessionToken = token }, cancellationToken: Shop.Cancellation);
        return response.StatusCode;
    }

    private static async Task RefusedAsync(CosmosClient client, string id, string token, HttpStatusCode status, int subStatus)
    {
        var refused = await Assert.ThrowsAsync<CosmosException>(
            () => Shop.OrdersOf(client).ReadItemAsync<Order>(id, Key, new ItemRequestOptions { SessionToken = token }, cancellationToken: Shop.Cancellation));
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal(subStatus, refused.SubStatusCode);
    }

    private static Task<IReadOnlyList<Order>> QueryAsync(CosmosClient client, string? token) =>
        Shop.ReadAllAsync(Shop.OrdersOf(client).GetItemQueryIterator<Order>(
            "SELECT * FROM c ORDER BY c.createdAt", requestOptions: new QueryRequestOptions { PartitionKey = Key, SessionToken = token }));
}
