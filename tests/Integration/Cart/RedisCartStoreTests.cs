using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Runs the tests for cart stores on a real Redis server.</summary>
public sealed class RedisCartStoreTests : CartStoreContract, IClassFixture<RedisServer>
{
    private readonly RedisConnection _connection;

    public RedisCartStoreTests(RedisServer redis)
    {
        _connection = redis.Connect();
        Store = new RedisCartStore(_connection, Clock);
    }

    protected override ICartStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_removes_expired_carts()
    {
        var (early, late) = (SessionId.New(), SessionId.New());
        await Store.AddAsync(early, TestCarts.Cart(Clock.GetUtcNow().AddHours(1)), Ct);
        await Store.AddAsync(late, TestCarts.Cart(Clock.GetUtcNow().AddHours(1)), Ct);
        var read = (await Store.FindAsync(late, Ct))!;
        await Store.TryReplaceAsync(late, read, TestCarts.Cart(Clock.GetUtcNow().AddHours(2), version: 2), Ct);

        var database = await _connection.DatabaseAsync(Ct);
        var first = await database.KeyTimeToLiveAsync($"cart:{early.StorageKey}");
        var second = await database.KeyTimeToLiveAsync($"cart:{late.StorageKey}");

        Assert.InRange(first!.Value, TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        Assert.InRange(second!.Value, TimeSpan.FromMinutes(110), TimeSpan.FromHours(2));
    }
}
