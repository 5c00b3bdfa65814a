using ServerlessScale.Shared.Cart;
using StackExchange.Redis;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>A connection that outlives its server, or begins before it.</summary>
public sealed class RedisLossTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_was_lost_or_never_made_comes_about_by_itself()
    {
        var early = new RedisCartStore(redis.Connect(), TimeProvider.System);
        var session = SessionId.New();
        await early.AddAsync(session, TestCarts.Cart(DateTimeOffset.UtcNow.AddHours(1)), Ct);
        await redis.LoseAsync();
        var late = new RedisCartStore(redis.Connect(), TimeProvider.System);

        await Assert.ThrowsAnyAsync<RedisConnectionException>(() => early.FindAsync(session, Ct));
        await Assert.ThrowsAnyAsync<RedisConnectionException>(() => late.FindAsync(session, Ct));
        await redis.ReturnAsync();

        await Eventually.TrueAsync(() => AnswersAsync(early), "the lost connection is made again");
        await Eventually.TrueAsync(() => AnswersAsync(late), "the first connection is made");
        // The new server knows nothing of it, and nothing of it was kept here.
        Assert.Null(await early.FindAsync(session, Ct));
    }

    private static async Task<bool> AnswersAsync(RedisCartStore store)
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
