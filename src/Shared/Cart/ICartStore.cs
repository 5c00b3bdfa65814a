namespace ServerlessScale.Shared.Cart;

/// <summary>
/// A store of carts, keyed by session. A read reflects every write that completed before the read began. When the store is unavailable, its
/// methods throw the exceptions of its client library. A write that fails in this way might nevertheless have been carried out.
/// </summary>
public interface ICartStore
{
    /// <returns>The cart. Null when the session has no cart or the cart has expired.</returns>
    Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Writes the cart of a new session. Session ids are random, so the session cannot have a cart yet.</summary>
    Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken);

    /// <returns>False when the cart has changed since it was read. Nothing is written in that case.</returns>
    Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken);

    /// <returns>False when the cart has changed since it was read. Nothing is removed in that case.</returns>
    Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken);
}

/// <param name="StoreETag">The store's version identifier for the cart, used for conditional writes.</param>
public sealed record StoredCart(ShoppingCart Cart, string StoreETag);
