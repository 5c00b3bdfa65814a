namespace ServerlessScale.Shared.Cart;

/// <summary>The <c>Cart:*</c> settings.</summary>
public sealed class CartOptions
{
    public const string Section = "Cart";

    /// <summary>The service that stores carts: <c>tables</c> (the default) or <c>redis</c>.</summary>
    public CartBackend Store { get; set; }

    /// <summary>
    /// The time after which an unused cart expires. A cart may expire up to <see cref="RenewAfter"/> earlier, because not every read
    /// postpones the expiry. 1 minute to 90 days, default 14 days.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(14);

    public CartRedisOptions Redis { get; set; } = new();

    /// <summary>
    /// The time that must pass after a write before a read writes the cart again to postpone its expiry. It is a quarter of
    /// <see cref="IdleTimeout"/>, but at most 5 minutes.
    /// </summary>
    public TimeSpan RenewAfter => IdleTimeout / 4 < TimeSpan.FromMinutes(5) ? IdleTimeout / 4 : TimeSpan.FromMinutes(5);
}

/// <summary>The service that stores carts.</summary>
public enum CartBackend
{
    /// <summary>Azure Table Storage, in the same storage account as the other tables. No further settings are needed.</summary>
    Tables,

    /// <summary>Redis, which is configured by the <c>Cart:Redis:*</c> settings.</summary>
    Redis,
}

/// <summary>
/// The <c>Cart:Redis:*</c> settings, which specify how to connect to Redis. Either <see cref="ConnectionString"/> is required, or both
/// <see cref="Endpoint"/> and <see cref="PrincipalId"/>.
/// </summary>
public sealed class CartRedisOptions
{
    /// <summary>
    /// A StackExchange.Redis connection string, e.g. <c>127.0.0.1:6379</c>. <see cref="Timeout"/> overrides the timeouts in the string, and
    /// the app overrides the reconnection options.
    /// </summary>
    [DevelopmentOnly]
    public string? ConnectionString { get; set; }

    /// <summary>
    /// The address of a Redis instance on Azure, as <c>host:port</c>. The connection uses TLS. Its password is a Microsoft Entra token for
    /// the app's identity.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// The object id of the app's identity, which is also its user name in Redis. Required when <see cref="Endpoint"/> is set.
    /// </summary>
    public string? PrincipalId { get; set; }

    /// <summary>The timeout for opening a connection and for each command. 100 milliseconds to 10 seconds, default 2 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
