namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Carts by session. Every read sees every write that was answered before it. A store that is down shows as its client library's own
/// exception; whether the write that met it was carried out is then not known.
/// </summary>
public interface ICartStore
{
    /// <returns>Null when there is none, or when it has expired.</returns>
    Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Writes the cart of a session that is new; ids are random, so there is none to be overwritten.</summary>
    Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken);

    /// <returns>False, and nothing is written, when the cart is not as it was read.</returns>
    Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken);

    /// <returns>False, and nothing is removed, when the cart is not as it was read.</returns>
    Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken);
}
