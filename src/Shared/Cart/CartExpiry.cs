namespace ServerlessScale.Shared.Cart;

/// <summary>When carts expire, and which reads postpone that.</summary>
internal static class CartExpiry
{
    /// <returns>The expiry of a cart that is used now.</returns>
    public static DateTimeOffset After(DateTimeOffset now, CartOptions options) => WholeMilliseconds.Of(now + options.IdleTimeout);

    /// <summary>Whether a read should write the cart to postpone its expiry. Reads soon after the last write do not.</summary>
    public static bool IsToBeRenewed(ShoppingCart cart, DateTimeOffset now, CartOptions options) =>
        cart.ExpiresAt - now < options.IdleTimeout - options.RenewAfter;
}
