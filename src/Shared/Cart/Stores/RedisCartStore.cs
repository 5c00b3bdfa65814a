using System.Text.Json;
using StackExchange.Redis;

namespace ServerlessScale.Shared.Cart.Stores;

/// <summary>
/// Stores carts in Redis. Each cart is a string whose key is <c>cart:</c> followed by the session's storage key. Redis removes the string
/// when the cart expires. For a conditional write, a script atomically compares the stored value with the value that was read, and writes
/// only if the two are equal. No two states of a cart have the same value, because each state has its own version. Failed commands are not
/// retried.
/// </summary>
public sealed class RedisCartStore(RedisConnection connection, TimeProvider time) : ICartStore
{
    private const string Replace =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1 end return 0";

    private const string Remove = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) return 1 end return 0";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public async Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken);
        if ((string?)await database.StringGetAsync(KeyOf(session)).WaitAsync(cancellationToken) is not { } json)
        {
            return null;
        }

        var cart = JsonSerializer.Deserialize(json, CartJson.Default.ShoppingCart)
            ?? throw new InvalidDataException($"The value {KeyOf(session)} in Redis cannot be read.");
        return cart.ExpiresAt > time.GetUtcNow() ? new StoredCart(cart, json) : null;
    }

    public async Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken);
        await database.StringSetAsync(KeyOf(session), JsonOf(cart), new Expiration(TimeLeft(cart))).WaitAsync(cancellationToken);
    }

    public Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken) =>
        RunAsync(Replace, session, [read.StoreETag, JsonOf(changed), (long)TimeLeft(changed).TotalMilliseconds], cancellationToken);

    public Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken) =>
        RunAsync(Remove, session, [read.StoreETag], cancellationToken);

    private static RedisKey KeyOf(SessionId session) => $"cart:{session.StorageKey}";

    private static string JsonOf(ShoppingCart cart) => JsonSerializer.Serialize(cart, CartJson.Default.ShoppingCart);

    /// <summary>
    /// Returns the time until the cart expires, at least one millisecond. The store sets relative times, because Redis versions before 6.2,
    /// which Azure still offers, do not accept absolute times.
    /// </summary>
    private TimeSpan TimeLeft(ShoppingCart cart)
    {
        var left = cart.ExpiresAt - time.GetUtcNow();
        return left > Shortest ? left : Shortest;
    }

    private async Task<bool> RunAsync(string script, SessionId session, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var database = await connection.DatabaseAsync(cancellationToken);
        return (bool)await database.ScriptEvaluateAsync(script, [KeyOf(session)], arguments).WaitAsync(cancellationToken);
    }
}
