namespace ServerlessScale.Shared.Cart;

/// <summary>Settings <c>Cart:*</c>.</summary>
public sealed class CartOptions
{
    public const string Section = "Cart";

    /// <summary><c>tables</c> (the default) or <c>redis</c>.</summary>
    public CartStoreKind Store { get; set; }

    /// <summary>
    /// How long a cart is kept after it was last used, up to <see cref="RenewAfter"/> less. 1 minute to 90 days, default 14 days.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(14);

    public CartRedisOptions Redis { get; set; } = new();

    /// <summary>Reads within this time of the last write do not write only to put off the expiry: a quarter of the timeout, at most 5 minutes.</summary>
    public TimeSpan RenewAfter => IdleTimeout / 4 < TimeSpan.FromMinutes(5) ? IdleTimeout / 4 : TimeSpan.FromMinutes(5);
}
