using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Uses a fake clock to test that each idempotency key places one order, even when a month ends or the key expires.</summary>
public sealed class OrderPlacementTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly DateTimeOffset NewMonth = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");
    private readonly TableOrderStore _store = new(azurite.Tables);
    private readonly MemoryProducts _products = new(KnownProducts.All);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(86_398)]
    public async Task An_idempotency_key_is_recognised_after_the_month_ends(int secondsLater)
    {
        var first = await PlaceAsync(NewMonth.AddSeconds(-1));

        var again = await PlaceAsync(NewMonth.AddSeconds(secondsLater));

        Assert.Equal((first.Order.Id, true), (again.Order.Id, again.Replayed));
        Assert.Equal((1, 0), await OrdersAsync());
    }

    [Fact]
    public async Task A_delayed_request_finds_the_order_placed_after_month_end()
    {
        // The delayed request did not find the key in the store and is about to commit. Meanwhile, the month ends and the client retries.
        var pausing = new PausingStore(_store);
        var lingering = PlacementAt(NewMonth.AddSeconds(-1), pausing).PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct);
        await pausing.Reached;
        var placed = await PlaceAsync(NewMonth.AddSeconds(5));

        pausing.Continue();
        var late = (await lingering).Value;

        Assert.False(placed.Replayed);
        Assert.Equal((placed.Order.Id, true), (late?.Order.Id, late?.Replayed));
        Assert.Equal((0, 1), await OrdersAsync());
    }

    [Fact]
    public async Task A_request_finds_an_order_committed_before_the_fence_was_set()
    {
        var pausing = new PausingStore(_store);
        var unfenced = PlacementAt(NewMonth.AddSeconds(1), pausing, pauseAtKeys: true)
            .PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct);
        await pausing.Reached;
        var placed = await PlaceAsync(NewMonth.AddSeconds(-1));

        pausing.Continue();
        var late = (await unfenced).Value;

        Assert.Equal((placed.Order.Id, true), (late?.Order.Id, late?.Replayed));
        Assert.Equal((1, 0), await OrdersAsync());
    }

    [Fact]
    public async Task A_fence_blocks_commits_only_in_the_old_month()
    {
        var pausing = new PausingStore(_store);
        var placing = PlacementAt(NewMonth.AddSeconds(1), pausing).PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct);
        await pausing.Reached;

        var lingering = await PlacementAt(NewMonth.AddSeconds(-1), _store).PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct);
        pausing.Continue();

        Assert.Equal((409, "idempotency-in-flight", 1), (lingering.Problem?.Status, lingering.Problem?.Code, lingering.Problem?.RetryAfterSeconds));
        Assert.False((await placing).Value?.Replayed);
        Assert.Equal((0, 1), await OrdersAsync());
    }

    [Fact]
    public async Task Parallel_requests_around_the_end_of_a_month_place_one_order()
    {
        for (var round = 0; round < 10; round++)
        {
            var customer = $"{_customer}-{round}";
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
                PlacementAt(NewMonth.AddMilliseconds(i % 2 == 0 ? -1 : 1), _store).PlaceAsync(customer, TestOrders.Key("k"), TestOrders.Request(), Ct)));

            var (old, @new) = await OrdersAsync(customer);
            Assert.Equal(1, old + @new);
            Assert.All(outcomes, outcome => Assert.True(outcome.Value is not null || outcome.Problem!.Code == "idempotency-in-flight"));
            Assert.Single(outcomes.Where(outcome => outcome.Value is not null).Select(outcome => outcome.Value!.Order.Id).Distinct());
        }
    }

    [Fact]
    public async Task An_idempotency_key_can_be_reused_after_a_day()
    {
        var monday = new DateTimeOffset(2026, 11, 9, 9, 0, 0, TimeSpan.Zero);
        var first = await PlaceAsync(monday);
        var lastMoment = await PlaceAsync(monday + IdempotencyKey.Lifetime - TimeSpan.FromSeconds(1));

        var next = await PlaceAsync(monday + IdempotencyKey.Lifetime);
        var again = await PlaceAsync(monday + IdempotencyKey.Lifetime + TimeSpan.FromSeconds(1));

        Assert.Equal((first.Order.Id, true), (lastMoment.Order.Id, lastMoment.Replayed));
        Assert.False(next.Replayed);
        Assert.NotEqual(first.Order.Id, next.Order.Id);
        Assert.Equal((next.Order.Id, true), (again.Order.Id, again.Replayed));
    }

    [Fact]
    public async Task Reusing_an_expired_key_prevents_commits_in_the_previous_month()
    {
        await PlaceAsync(NewMonth - IdempotencyKey.Lifetime);

        var next = await PlaceAsync(NewMonth.AddSeconds(1));
        var lingering = await PlaceAsync(NewMonth.AddSeconds(-1));

        Assert.False(next.Replayed);
        Assert.Equal((next.Order.Id, true), (lingering.Order.Id, lingering.Replayed));
    }

    [Fact]
    public async Task A_request_recognises_a_conflict_with_its_own_commit()
    {
        var repeating = new RepeatingStore(_store);

        var placed = (await PlacementAt(TestOrders.Noon, repeating).PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct)).Value;

        Assert.False(placed?.Replayed);
        Assert.Equal(2, repeating.Writes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    public async Task A_repeated_request_gets_its_order_after_the_price_has_changed(int secondsLater)
    {
        var first = await PlaceAsync(NewMonth.AddSeconds(-1));
        _products.Set(KnownProducts.Of("mug-1", price: 1));
        var changed = await PlaceAsync(NewMonth.AddSeconds(-1 + secondsLater));
        _products.Remove("mug-1");
        var gone = await PlaceAsync(NewMonth.AddSeconds(-1 + secondsLater));
        var other = await PlacementAt(NewMonth.AddSeconds(secondsLater), _store).PlaceAsync(_customer, TestOrders.Key("k2"), TestOrders.Request(), Ct);

        Assert.All([changed, gone], again => Assert.Equal((first.Order.Id, 2500, true), (again.Order.Id, again.Order.Total, again.Replayed)));
        Assert.Equal((422, "sku-unknown", "/lines/0/sku"), (other.Problem?.Status, other.Problem?.Code, other.Problem?.Pointer));
        Assert.Equal((1, 0), await OrdersAsync());
    }

    [Fact]
    public async Task An_order_is_placed_at_the_prices_of_the_catalogue_with_one_read()
    {
        _products.Set(KnownProducts.Of("tea", price: 300));
        var request = new OrderRequest
        {
            Lines = [new() { Sku = "mug-1", Quantity = 2 }, new() { Sku = "tea", Quantity = 3, UnitPrice = 300 }, new() { Sku = "mug-1", Quantity = 1 }],
        };

        var placed = (await PlacementAt(TestOrders.Noon, _store).PlaceAsync(_customer, TestOrders.Key("k"), request, Ct)).Value!.Order;

        Assert.Equal(("EUR", 3 * 1250 + 3 * 300), (placed.Currency, placed.Total));
        Assert.Equal([1250, 300, 1250], placed.Lines.Select(line => line.UnitPrice));
        Assert.Equal(1, _products.Reads);
    }

    private async Task<WrittenOrder> PlaceAsync(DateTimeOffset at)
    {
        var outcome = await PlacementAt(at, _store).PlaceAsync(_customer, TestOrders.Key("k"), TestOrders.Request(), Ct);
        return outcome.Succeeded(out var written, out var problem) ? written : throw new InvalidOperationException(problem.Detail);
    }

    private OrderPlacement PlacementAt(DateTimeOffset at, IOrderStore store, bool pauseAtKeys = false)
    {
        if (store is PausingStore pausing)
        {
            pausing.AtKeys = pauseAtKeys;
        }

        var options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
        var intents = new OrderIntentQueue(azurite.Queues, options);
        var relay = new OrderEventRelay(store, intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);
        return new OrderPlacement(
            store, new OrderPricing(_products), intents, relay, new TokenSigner(options.Value.CursorKey), options, new FakeTimeProvider(at));
    }

    private async Task<(int Old, int New)> OrdersAsync(string? customer = null)
    {
        var shard = new OrderShard(customer ?? _customer, OrderMonth.Of(NewMonth));
        return (
            (await _store.ListAsync(shard with { Month = shard.Month.Previous }, null, 100, null, Ct)).Orders.Count,
            (await _store.ListAsync(shard, null, 100, null, Ct)).Orders.Count);
    }
}
