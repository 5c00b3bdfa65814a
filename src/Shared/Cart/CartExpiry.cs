namespace ServerlessScale.Shared.Cart;

/// <summary>Computes when a cart expires and whether a read should postpone the expiry.</summary>
internal static class CartExpiry
{
    /// <returns>The time at which a cart expires if it is last used at <paramref name="now"/>.</returns>
    public static DateTimeOffset After(DateTimeOffset now, CartOptions options) => WholeMilliseconds.Of(now + options.IdleTimeout);

    /// <summary>
    /// Returns whether a read should write the cart to postpone its expiry. The result is false if less than
    /// <see cref="CartOptions.RenewAfter"/> has passed since the last write.
    /// </summary>
    public static bool IsToBeRenewed(ShoppingCart cart, DateTimeOffset now, CartOptions options) =>
        cart.ExpiresAt - now < options.IdleTimeout - options.RenewAfter;
}
