using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Storage;
using ServerlessScale.StrictCosmos;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Tests orders in a Cosmos DB account with two regions when the write region fails over or goes offline.</summary>
public sealed class OrderFailoverTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private const string West = "West Europe";
    private const string North = "North Europe";

    private readonly IOptions<OrderOptions> _options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");
    private StrictCosmosServer _account = null!;
    private CosmosAccount _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await StrictCosmosServer.StartAsync(new StrictCosmosOptions { Regions = [West, North] }, Ct);
        _client = Connect(West, North);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _account.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Existing_and_new_orders_are_available_after_a_failover(bool oldRegionGoesOffline)
    {
        var store = new CosmosOrderStore(_client);
        var before = await PlaceAsync(store, "k1");

        _account.Regions.FailOverTo(North);
        _account.Regions.All[0].IsOnline = !oldRegionGoesOffline;
        var replay = await PlaceAsync(store, "k1");
        var after = await PlaceAsync(store, "k2");
        var changed = await new OrderChanges(store, Intents, Relay(store), Signer, _options, TimeProvider.System)
            .ChangeAsync(_customer, before.Order.Id, "1", "paid", Ct);
        var listed = await new OrderQueries(store, Signer, TimeProvider.System)
            .ListAsync(_customer, new OrderListQuery { ConsistencyToken = after.ConsistencyToken }, Ct);

        Assert.Equal((before.Order.Id, true), (replay.Order.Id, replay.Replayed));
        Assert.False(after.Replayed);
        Assert.Equal(OrderStatus.Paid, changed.Value?.Order.Status);
        Assert.Equal([after.Order.Id, before.Order.Id], listed.Value?.Orders.Select(order => order.Id));
    }

    /// <summary>
    /// The instance's session is ahead of the new write region, so the region rejects the next operation. The app must not mistake this
    /// error for a missing item. If it did, it would never send the event, or it would place a second order because the key record seems to
    /// be missing. After the first error, the SDK forgets the session, so each operation is tested with a new account.
    /// </summary>
    [Theory]
    [InlineData(West, "find order")]
    [InlineData(West, "find event")]
    [InlineData(West, "find key")]
    [InlineData(West, "place again")]
    [InlineData(West, "change")]
    [InlineData(West, "relay")]
    [InlineData(North, "find order")]
    [InlineData(North, "find event")]
    [InlineData(North, "find key")]
    [InlineData(North, "place again")]
    [InlineData(North, "change")]
    [InlineData(North, "relay")]
    public async Task An_operation_fails_in_a_region_that_lags_behind_the_session(string preferred, string operation)
    {
        using var client = Connect(preferred, preferred == West ? North : West);
        var store = new CosmosOrderStore(client);
        var placed = await PlaceAsync(store, "k1");
        var shard = new OrderShard(_customer, OrderMonth.Of(placed.Order.CreatedAt));
        Assert.True(OrderId.TryParse(placed.Order.Id, out var id));
        _account.Replication.Lag = ReplicaLag.OfWrites(1_000);
        await PlaceAsync(store, "k2");
        _account.FailOverWithLossTo(North);

        await Assert.ThrowsAsync<ConsistencyNotReachedException>(() => operation switch
        {
            "find order" => store.FindLatestAsync(shard, id, Ct),
            "find event" => store.FindEventAsync(shard, "evt_1", Ct),
            "find key" => store.FindKeyAsync(shard, "key", Ct),
            "place again" => PlaceAsync(store, "k1"),
            "change" => new OrderChanges(store, Intents, Relay(store), Signer, _options, TimeProvider.System)
                .ChangeAsync(_customer, placed.Order.Id, "1", "paid", Ct),
            _ => Relay(store).RunAsync(new OrderIntent(_customer, placed.Order.Id, 1, Final: false), id, Ct),
        });
    }

    [Fact]
    public async Task Removing_an_event_from_a_missing_container_fails()
    {
        var store = new CosmosOrderStore(_client);
        var placed = await PlaceAsync(store, "k1");
        using var admin = new CosmosClient(_account.ConnectionString, new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway });
        var defaults = new CosmosOptions();
        await admin.GetContainer(defaults.Database, defaults.Container).DeleteContainerAsync(cancellationToken: Ct);

        var failure = await Assert.ThrowsAsync<CosmosException>(() =>
            store.RemoveEventAsync(new OrderShard(_customer, OrderMonth.Of(placed.Order.CreatedAt)), "evt_1", Ct));

        Assert.Equal((HttpStatusCode.NotFound, 1003), (failure.StatusCode, failure.SubStatusCode));
    }

    private CosmosAccount Connect(params string[] preferredRegions)
    {
        var options = new CosmosOptions { ConnectionString = _account.ConnectionString, Gateway = true, CreateIfMissing = true };
        foreach (var region in preferredRegions)
        {
            options.PreferredRegions.Add(region);
        }

        return new CosmosAccount(
            options, () => throw new InvalidOperationException("The connection string contains the key, so no credential is needed."));
    }

    private OrderIntentQueue Intents => new(azurite.Queues, _options);

    private TokenSigner Signer => new(_options.Value.CursorKey);

    private OrderEventRelay Relay(IOrderStore store) =>
        new(store, Intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);

    private async Task<WrittenOrder> PlaceAsync(IOrderStore store, string key)
    {
        var placement = new OrderPlacement(store, TestOrders.Pricing, Intents, Relay(store), Signer, _options, TimeProvider.System);
        var outcome = await placement.PlaceAsync(_customer, TestOrders.Key(key), TestOrders.Request(), Ct);
        return outcome.Succeeded(out var written, out var problem) ? written : throw new InvalidOperationException(problem.Detail);
    }
}
