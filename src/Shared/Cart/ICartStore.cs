namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Stores carts by session. Every read sees every write that has completed before it. A store that is down throws its client library's
/// own exception; whether the failed write was carried out is then unknown.
/// </summary>
public interface ICartStore
{
    /// <returns>Null when the session has no cart, or the cart has expired.</returns>
    Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Writes the cart of a new session. Session ids are random, so the session cannot have a cart yet.</summary>
    Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken);

    /// <returns>False, and nothing is written, when the cart has changed since it was read.</returns>
    Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken);

    /// <returns>False, and nothing is removed, when the cart has changed since it was read.</returns>
    Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken);
}

/// <param name="StoreETag">The store's own entity tag of the cart, for conditional writes.</param>
public sealed record StoredCart(ShoppingCart Cart, string StoreETag);
