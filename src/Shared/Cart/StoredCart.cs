namespace ServerlessScale.Shared.Cart;

/// <param name="StoreETag">The store's own, for conditional writes.</param>
public sealed record StoredCart(ShoppingCart Cart, string StoreETag);
