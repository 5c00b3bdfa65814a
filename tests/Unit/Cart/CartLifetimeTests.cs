using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Unit.Cart;

/// <summary>Uses a fake clock to test the expiry of carts that are not checked out.</summary>
public sealed class CartLifetimeTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(40);

    private static readonly Product Mug = new()
    {
        Sku = "mug",
        Name = "Mug",
        Description = "",
        Price = 1,
        Currency = "EUR",
        Active = true,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        ChangeId = Guid.NewGuid(),
    };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store;
    private readonly Carts _carts;

    public CartLifetimeTests()
    {
        _store = new MemoryStore(_clock);
        var options = Options.Create(new CartOptions { IdleTimeout = Idle });
        var products = new MemoryProducts(Mug);
        _carts = new Carts(_store, products, new CartCheckouts(_store, new OrderPricing(products), placement: null!, options, _clock), options, _clock);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_postpone_the_expiry_of_a_cart()
    {
        var session = await BeginAsync();
        for (var read = 0; read < 10; read++)
        {
            _clock.Advance(Idle - TimeSpan.FromMinutes(6));
            Assert.Single((await _carts.FindAsync(session, Ct)).Value!.Lines);
        }

        _clock.Advance(Idle);

        Assert.Empty((await _carts.FindAsync(session, Ct)).Value!.Lines);
    }

    [Fact]
    public async Task Reads_rewrite_a_cart_at_most_every_five_minutes()
    {
        var session = await BeginAsync();
        for (var second = 0; second < 300; second += 10)
        {
            await _carts.FindAsync(session, Ct);
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(0, _store.Replacements);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await _carts.FindAsync(session, Ct);
        await _carts.FindAsync(session, Ct);
        Assert.Equal(1, _store.Replacements);
    }

    [Fact]
    public async Task Contention_on_a_cart_causes_409_with_code_cart_busy()
    {
        var session = await BeginAsync();
        _store.RefusesReplacements = true;

        var change = _carts.SetLineAsync(session, "tea", new CartLineChange { Quantity = 0 }, Ct);
        while (!change.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal((409, "cart-busy", 1), ((await change).Problem?.Status, (await change).Problem?.Code, (await change).Problem?.RetryAfterSeconds));
    }

    private async Task<SessionId> BeginAsync() =>
        (await _carts.SetLineAsync(null, "mug", new CartLineChange { Quantity = 1 }, Ct)).Value!.Issued!;

    private sealed class MemoryStore(TimeProvider time) : ICartStore
    {
        private readonly Dictionary<string, ShoppingCart> _carts = [];

        public int Replacements { get; private set; }

        public bool RefusesReplacements { get; set; }

        public Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken) => Task.FromResult(
            _carts.TryGetValue(session.StorageKey, out var cart) && cart.ExpiresAt > time.GetUtcNow() ? new StoredCart(cart, "") : null);

        public Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken)
        {
            _carts.Add(session.StorageKey, cart);
            return Task.CompletedTask;
        }

        public Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken)
        {
            if (RefusesReplacements)
            {
                return Task.FromResult(false);
            }

            Replacements++;
            _carts[session.StorageKey] = changed;
            return Task.FromResult(true);
        }

        public Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken) =>
            Task.FromResult(_carts.Remove(session.StorageKey));
    }
}
