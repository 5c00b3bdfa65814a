using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>The tests that every implementation of <see cref="ICartStore"/> must pass.</summary>
public abstract class CartStoreContract
{
    protected abstract ICartStore Store { get; }

    /// <summary>The clock that the store uses.</summary>
    protected FakeTimeProvider Clock { get; } = new(TestCarts.Noon);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Tomorrow => Clock.GetUtcNow().AddDays(1);

    [Fact]
    public async Task A_cart_is_found_only_by_its_session()
    {
        var session = SessionId.New();
        var cart = TestCarts.Cart(Tomorrow);

        await Store.AddAsync(session, cart, Ct);

        Assert.Equivalent(cart, (await Store.FindAsync(session, Ct))?.Cart, strict: true);
        Assert.Null(await Store.FindAsync(SessionId.New(), Ct));
    }

    [Fact]
    public async Task The_largest_permitted_cart_can_be_stored()
    {
        var session = SessionId.New();
        await Store.AddAsync(session, TestCarts.Cart(Tomorrow), Ct);
        var fullest = TestCarts.Fullest(Tomorrow);

        Assert.True(await Store.TryReplaceAsync(session, (await Store.FindAsync(session, Ct))!, fullest, Ct));

        Assert.Equivalent(fullest, (await Store.FindAsync(session, Ct))?.Cart, strict: true);
    }

    [Fact]
    public async Task A_cart_cannot_be_replaced_or_removed_with_an_outdated_version()
    {
        var session = SessionId.New();
        await Store.AddAsync(session, TestCarts.Cart(Tomorrow), Ct);
        var read = (await Store.FindAsync(session, Ct))!;
        var changed = TestCarts.Cart(Tomorrow, version: 2, lines: 2);
        Assert.True(await Store.TryReplaceAsync(session, read, changed, Ct));

        Assert.False(await Store.TryReplaceAsync(session, read, TestCarts.Cart(Tomorrow, version: 3, lines: 3), Ct));
        Assert.False(await Store.TryRemoveAsync(session, read, Ct));

        Assert.Equivalent(changed, (await Store.FindAsync(session, Ct))?.Cart, strict: true);
    }

    [Fact]
    public async Task A_removed_cart_cannot_be_replaced()
    {
        var session = SessionId.New();
        await Store.AddAsync(session, TestCarts.Cart(Tomorrow), Ct);
        var read = (await Store.FindAsync(session, Ct))!;

        Assert.True(await Store.TryRemoveAsync(session, read, Ct));

        Assert.Null(await Store.FindAsync(session, Ct));
        Assert.False(await Store.TryReplaceAsync(session, read, TestCarts.Cart(Tomorrow, version: 2), Ct));
        Assert.False(await Store.TryRemoveAsync(session, read, Ct));
        Assert.Null(await Store.FindAsync(session, Ct));
    }

    [Fact]
    public async Task Only_one_of_many_parallel_cart_replacements_succeeds()
    {
        var session = SessionId.New();
        await Store.AddAsync(session, TestCarts.Cart(Tomorrow), Ct);
        var read = (await Store.FindAsync(session, Ct))!;

        var made = await Task.WhenAll(Enumerable.Range(2, 30).Select(async version =>
            (version, Made: await Store.TryReplaceAsync(session, read, TestCarts.Cart(Tomorrow, version), Ct))));

        Assert.Equal(Assert.Single(made, one => one.Made).version, (await Store.FindAsync(session, Ct))?.Cart.Version);
    }

    [Fact]
    public async Task Replacing_a_cart_extends_its_expiry()
    {
        var session = SessionId.New();
        await Store.AddAsync(session, TestCarts.Cart(Clock.GetUtcNow().AddMinutes(10)), Ct);
        Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        var read = (await Store.FindAsync(session, Ct))!;
        Assert.True(await Store.TryReplaceAsync(session, read, TestCarts.Cart(Clock.GetUtcNow().AddMinutes(10), version: 2), Ct));

        Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(2, (await Store.FindAsync(session, Ct))?.Cart.Version);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Store.FindAsync(session, Ct));
    }
}
