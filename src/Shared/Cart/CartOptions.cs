namespace ServerlessScale.Shared.Cart;

/// <summary>Settings <c>Cart:*</c>.</summary>
public sealed class CartOptions
{
    public const string Section = "Cart";

    /// <summary>The service that stores carts: <c>tables</c> (the default) or <c>redis</c>.</summary>
    public CartBackend Store { get; set; }

    /// <summary>
    /// How long after its last use a cart expires. Because of <see cref="RenewAfter"/> it may expire that much earlier. 1 minute to 90
    /// days, default 14 days.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(14);

    public CartRedisOptions Redis { get; set; } = new();

    /// <summary>
    /// A read this soon after the last write does not write the cart just to postpone its expiry. A quarter of
    /// <see cref="IdleTimeout"/>, at most 5 minutes.
    /// </summary>
    public TimeSpan RenewAfter => IdleTimeout / 4 < TimeSpan.FromMinutes(5) ? IdleTimeout / 4 : TimeSpan.FromMinutes(5);
}

/// <summary>The service that stores carts.</summary>
public enum CartBackend
{
    /// <summary>Azure Table Storage, in the account of the other tables. It needs no further settings.</summary>
    Tables,

    /// <summary>Redis, with the settings <c>Cart:Redis:*</c>.</summary>
    Redis,
}

/// <summary>
/// Settings <c>Cart:Redis:*</c>: the address of Redis. Either <see cref="ConnectionString"/> or <see cref="Endpoint"/> with
/// <see cref="PrincipalId"/> is required.
/// </summary>
public sealed class CartRedisOptions
{
    /// <summary>
    /// A connection string of StackExchange.Redis, e.g. <c>127.0.0.1:6379</c>. Its timeouts are replaced by <see cref="Timeout"/>, and
    /// its options about reconnecting by those of this program.
    /// </summary>
    [DevelopmentOnly]
    public string? ConnectionString { get; set; }

    /// <summary>Azure: <c>host:port</c>. The connection uses TLS and, as its password, a Microsoft Entra token of the app's identity.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The object id of the app's identity, which is its user name in Redis. Required with <see cref="Endpoint"/>.</summary>
    public string? PrincipalId { get; set; }

    /// <summary>How long connecting, and each command, may take. 100 milliseconds to 10 seconds, default 2 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
