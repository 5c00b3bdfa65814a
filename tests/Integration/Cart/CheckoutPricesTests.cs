using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Orders;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Tests which prices a checkout uses when it is interrupted and the catalogue changes meanwhile.</summary>
public sealed class CheckoutPricesTests(Azurite azurite) : IClassFixture<Azurite>
{
    private readonly MemoryProducts _products = new(KnownProducts.All);
    private readonly string _customer = "customer-" + Guid.NewGuid().ToString("N");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interrupted_checkout_finishes_with_the_prices_at_its_start(bool productIsRemoved)
    {
        var store = new TableOrderStore(azurite.Tables);
        var (carts, interrupted) = Instance(new UnavailableStore(store));
        var session = (await carts.SetLineAsync(null, "mug", new CartLineChange { Quantity = 2 }, Ct)).Value!.Issued!;
        await Assert.ThrowsAsync<TimeoutException>(() => interrupted.CheckOutAsync(session, _customer, TestOrders.Key("k"), Ct));
        if (productIsRemoved)
        {
            _products.Remove("mug");
        }
        else
        {
            _products.Set(KnownProducts.Of("mug", price: 1));
        }

        var (_, next) = Instance(store);
        var finished = (await next.CheckOutAsync(session, _customer, TestOrders.Key("k"), Ct)).Value!;
        var repeated = (await next.CheckOutAsync(finished.Issued, _customer, TestOrders.Key("k"), Ct)).Value!;

        Assert.Equal((2500, false), (finished.Order.Order.Total, finished.Order.Replayed));
        Assert.Equal((finished.Order.Order.Id, 2500, true), (repeated.Order.Order.Id, repeated.Order.Order.Total, repeated.Order.Replayed));
    }

    [Fact]
    public async Task A_cart_reads_all_its_prices_at_once()
    {
        var (carts, _) = Instance(new TableOrderStore(azurite.Tables));
        var session = (await carts.SetLineAsync(null, "mug", new CartLineChange { Quantity = 2 }, Ct)).Value!.Issued!;
        await carts.SetLineAsync(session, "tea", new CartLineChange { Quantity = 1 }, Ct);
        var before = _products.Reads;

        var cart = (await carts.FindAsync(session, Ct)).Value!;

        Assert.Equal((3750, before + 1), (cart.Total, _products.Reads));
    }

    private (Carts Carts, CartCheckouts Checkouts) Instance(IOrderStore store)
    {
        var options = Options.Create(new OrderOptions { CursorKey = Convert.ToBase64String(new byte[32]) });
        var intents = new OrderIntentQueue(azurite.Queues, options);
        var relay = new OrderEventRelay(store, intents, new EventQueue(azurite.Queues), NullLogger<OrderEventRelay>.Instance);
        var pricing = new OrderPricing(_products);
        var placement = new OrderPlacement(
            store, pricing, intents, relay, new TokenSigner(options.Value.CursorKey), options, TimeProvider.System);
        var cartOptions = Options.Create(new CartOptions());
        var carts = new TableCartStore(azurite.Tables, TimeProvider.System);
        var checkouts = new CartCheckouts(carts, pricing, placement, cartOptions, TimeProvider.System);
        return (new Carts(carts, _products, checkouts, cartOptions, TimeProvider.System), checkouts);
    }

    /// <summary>A store that does not respond to commits of orders.</summary>
    private sealed class UnavailableStore(IOrderStore store) : ForwardingStore(store)
    {
        public override Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken) =>
            throw new TimeoutException();
    }
}
