using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;
using StackExchange.Redis;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Tests connections to a Redis server that stops and starts again.</summary>
public sealed class RedisLossTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_connections_recover_after_an_outage()
    {
        var early = new RedisCartStore(redis.Connect(), TimeProvider.System);
        var session = SessionId.New();
        await early.AddAsync(session, TestCarts.Cart(DateTimeOffset.UtcNow.AddHours(1)), Ct);
        await redis.LoseAsync();
        var late = new RedisCartStore(redis.Connect(), TimeProvider.System);

        await Assert.ThrowsAnyAsync<RedisConnectionException>(() => early.FindAsync(session, Ct));
        await Assert.ThrowsAnyAsync<RedisConnectionException>(() => late.FindAsync(session, Ct));
        await redis.ReturnAsync();

        await Eventually.TrueAsync(() => RespondsAsync(early), "the lost connection is restored");
        await Eventually.TrueAsync(() => RespondsAsync(late), "the connection whose first attempt failed is opened");
        // The cart is gone because the new server is empty and the store has no cache.
        Assert.Null(await early.FindAsync(session, Ct));
    }

    private static async Task<bool> RespondsAsync(RedisCartStore store)
    {
        try
        {
            await store.FindAsync(SessionId.New(), Ct);
            return true;
        }
        catch (RedisConnectionException)
        {
            return false;
        }
    }
}
