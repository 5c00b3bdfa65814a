using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Tests reads by several app instances that share a Cosmos DB account with a lagging replica.</summary>
public sealed class OrderConsistencyTests(Azurite azurite, StrictCosmosAccount account)
    : IClassFixture<Azurite>, IClassFixture<StrictCosmosAccount>
{
    private const int Instances = 4;

    private readonly IOptions<OrderOptions> _options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_with_a_consistency_token_is_never_stale()
    {
        var writer = Placement(account.NewInstance());
        var readers = Enumerable.Range(0, Instances).Select(_ => Queries(account.NewInstance())).ToArray();
        account.Server.Replication.Lag = ReplicaLag.OfWrites(50);
        var staleWithout = 0;
        var listedWithout = 0;
        var staleWith = 0;
        for (var i = 0; i < 25; i++)
        {
            var written = await PlaceAsync(writer, $"k{i}");
            foreach (var reader in readers)
            {
                staleWithout += (await reader.FindAsync(_customer, written.Order.Id, token: null, Ct)).Value is null ? 1 : 0;
                listedWithout += await NewestAsync(reader, token: null) == written.Order.Id ? 0 : 1;
                staleWith += (await reader.FindAsync(_customer, written.Order.Id, written.ConsistencyToken, Ct)).Value is null ? 1 : 0;
                staleWith += await NewestAsync(reader, written.ConsistencyToken) == written.Order.Id ? 0 : 1;
            }
        }

        Assert.True(staleWithout > 0, "The replica lags, so a read without the token must have missed an order.");
        Assert.True(listedWithout > 0, "The replica lags, so a listing without the token must have missed an order.");
        Assert.Equal(0, staleWith);
    }

    [Fact]
    public async Task A_read_fails_on_a_replica_that_lags_behind_the_consistency_token()
    {
        var written = await PlaceAsync(Placement(account.NewInstance()), "k");
        var reader = Queries(account.NewInstance());
        account.Server.Replication.Lag = ReplicaLag.OfWrites(50);
        account.Server.Replication.SessionMiss = SessionMiss.Refuse;
        var later = await PlaceAsync(Placement(account.NewInstance()), "k2");
        try
        {
            var read = await reader.FindAsync(_customer, later.Order.Id, later.ConsistencyToken, Ct);
            var listed = await reader.ListAsync(_customer, new OrderListQuery { ConsistencyToken = later.ConsistencyToken }, Ct);

            Assert.Equal((503, "consistency-not-reached", 1), (read.Problem?.Status, read.Problem?.Code, read.Problem?.RetryAfterSeconds));
            Assert.Equal("consistency-not-reached", listed.Problem?.Code);
        }
        finally
        {
            account.Server.Replication.SessionMiss = SessionMiss.ReadPrimary;
            account.Server.Replication.Lag = ReplicaLag.None;
        }

        Assert.Equal(written.Order.Id, (await reader.FindAsync(_customer, written.Order.Id, written.ConsistencyToken, Ct)).Value?.Id);
        Assert.Equal(later.Order.Id, (await reader.FindAsync(_customer, later.Order.Id, later.ConsistencyToken, Ct)).Value?.Id);
    }

    [Fact]
    public async Task A_read_waits_until_a_replica_has_received_the_write()
    {
        var reader = Queries(account.NewInstance());
        account.Server.Replication.Lag = ReplicaLag.OfWrites(50);
        account.Server.Replication.SessionMiss = SessionMiss.Refuse;
        var written = await PlaceAsync(Placement(account.NewInstance()), "k");
        var before = account.Server.Meters.Of(CosmosOperations.Read).Requests;
        try
        {
            var read = reader.FindAsync(_customer, written.Order.Id, written.ConsistencyToken, Ct);
            await Eventually.TrueAsync(
                () => Task.FromResult(account.Server.Meters.Of(CosmosOperations.Read).Requests >= before + 2), "a read was refused and repeated");
            account.Server.Replication.Lag = ReplicaLag.None;

            Assert.Equal(written.Order.Id, (await read).Value?.Id);
        }
        finally
        {
            account.Server.Replication.SessionMiss = SessionMiss.ReadPrimary;
            account.Server.Replication.Lag = ReplicaLag.None;
        }
    }

    [Fact]
    public async Task Writes_see_the_newest_state_despite_replication_lag()
    {
        account.Server.Replication.Lag = ReplicaLag.OfWrites(50);
        var written = await PlaceAsync(Placement(account.NewInstance()), "k");

        var replay = await PlaceAsync(Placement(account.NewInstance()), "k");
        var changed = await Changes(account.NewInstance()).ChangeAsync(_customer, written.Order.Id, "1", "paid", Ct);
        var stale = await Changes(account.NewInstance()).ChangeAsync(_customer, written.Order.Id, "1", "paid", Ct);

        Assert.Equal((written.Order.Id, true), (replay.Order.Id, replay.Replayed));
        Assert.Equal(2, changed.Value?.Order.Version);
        Assert.Equal("order-changed", stale.Problem?.Code);
    }

    [Fact]
    public async Task A_consistency_token_from_another_store_is_rejected()
    {
        var onTables = await PlaceAsync(Placement(new TableOrderStore(azurite.Tables)), "k");

        var read = await Queries(account.Store).FindAsync(_customer, onTables.Order.Id, onTables.ConsistencyToken, Ct);

        Assert.Equal("consistency-token-invalid", read.Problem?.Code);
    }

    [Fact]
    public async Task An_instance_always_reads_its_own_writes()
    {
        var instance = account.NewInstance();
        account.Server.Replication.Lag = ReplicaLag.OfWrites(50);
        account.Server.Replication.SessionMiss = SessionMiss.Refuse;
        try
        {
            var written = await PlaceAsync(Placement(instance), "k");

            var read = await Queries(instance).FindAsync(_customer, written.Order.Id, token: null, Ct);

            Assert.Equal("consistency-not-reached", read.Problem?.Code);
        }
        finally
        {
            account.Server.Replication.SessionMiss = SessionMiss.ReadPrimary;
        }
    }

    private async Task<string?> NewestAsync(OrderQueries reader, string? token)
    {
        var listed = await reader.ListAsync(_customer, new OrderListQuery { Limit = "1", ConsistencyToken = token }, Ct);
        return listed.Value?.Orders is [var newest, ..] ? newest.Id : null;
    }

    private async Task<WrittenOrder> PlaceAsync(OrderPlacement placement, string key)
    {
        var outcome = await placement.PlaceAsync(_customer, TestOrders.Key(key), TestOrders.Request(), Ct);
        return outcome.Succeeded(out var written, out var problem) ? written : throw new InvalidOperationException(problem.Detail);
    }

    private OrderPlacement Placement(IOrderStore store) =>
        new(store, TestOrders.Pricing, Intents, Relay(store), new TokenSigner(_options.Value.CursorKey), _options, TimeProvider.System);

    private OrderChanges Changes(IOrderStore store) =>
        new(store, Intents, Relay(store), new TokenSigner(_options.Value.CursorKey), _options, TimeProvider.System);

    private OrderQueries Queries(IOrderStore store) => new(store, new TokenSigner(_options.Value.CursorKey), TimeProvider.System);

    private OrderIntentQueue Intents => new(azurite.Queues, _options);

    private OrderEventRelay Relay(IOrderStore store) =>
        new(store, Intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);
}
