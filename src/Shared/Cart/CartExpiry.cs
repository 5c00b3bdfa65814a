namespace ServerlessScale.Shared.Cart;

/// <summary>When a cart that is used now ends, and when that is worth a write.</summary>
internal static class CartExpiry
{
    public static DateTimeOffset After(DateTimeOffset use, CartOptions options) => WholeMilliseconds(use + options.IdleTimeout);

    /// <summary>Whether a read is to put off the expiry.</summary>
    public static bool IsToBeRenewed(ShoppingCart cart, DateTimeOffset now, CartOptions options) =>
        cart.ExpiresAt - now < options.IdleTimeout - options.RenewAfter;

    /// <summary>As every store keeps it.</summary>
    public static DateTimeOffset WholeMilliseconds(DateTimeOffset moment) =>
        new(moment.UtcTicks - moment.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
