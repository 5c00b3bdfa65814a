namespace ServerlessScale.Shared.Cart;

/// <summary>When a cart that is used now ends, and when that is worth a write.</summary>
internal static class CartExpiry
{
    public static DateTimeOffset After(DateTimeOffset use, CartOptions options) => WholeMilliseconds.Of(use + options.IdleTimeout);

    /// <summary>Whether a read is to put off the expiry.</summary>
    public static bool IsToBeRenewed(ShoppingCart cart, DateTimeOffset now, CartOptions options) =>
        cart.ExpiresAt - now < options.IdleTimeout - options.RenewAfter;
}
