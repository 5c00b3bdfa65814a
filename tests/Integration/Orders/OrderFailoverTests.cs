using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.StrictCosmos;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Tests orders in a Cosmos DB account with two regions when the write region fails over or goes offline.</summary>
public sealed class OrderFailoverTests(Azurite azurite) : IClassFixture<Azurite>, IAsyncLifetime
{
    private const string West = "West Europe";
    private const string North = "North Europe";

    private readonly IOptions<OrderOptions> _options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");
    private StrictCosmosServer _account = null!;
    private CosmosOrderContainer _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await StrictCosmosServer.StartAsync(new StrictCosmosOptions { Regions = [West, North] }, Ct);
        var options = new OrderCosmosOptions { ConnectionString = _account.ConnectionString, Gateway = true, CreateIfMissing = true };
        options.PreferredRegions.Add(West);
        options.PreferredRegions.Add(North);
        _client = new CosmosOrderContainer(options, () => throw new InvalidOperationException("The connection string contains the key."));
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

    private OrderIntentQueue Intents => new(azurite.Queues, _options);

    private TokenSigner Signer => new(_options);

    private OrderEventRelay Relay(IOrderStore store) =>
        new(store, Intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);

    private async Task<WrittenOrder> PlaceAsync(IOrderStore store, string key)
    {
        var placement = new OrderPlacement(store, Intents, Relay(store), Signer, _options, TimeProvider.System);
        var outcome = await placement.PlaceAsync(_customer, TestOrders.Key(key), TestOrders.Request(), Ct);
        return outcome.Succeeded(out var written, out var problem) ? written : throw new InvalidOperationException(problem.Detail);
    }
}
