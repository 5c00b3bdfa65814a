using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Cart;

/// <param name="Issued">
/// The id of a new session, which the client must send with all further requests. Null when no new session was started.
/// </param>
public sealed record ChangedCart(CartView Cart, SessionId? Issued);

/// <summary>
/// Reads and changes the cart of a session. Adding the first line starts a session with a new random id. To prevent session fixation, no
/// session is ever started with an id that a client sent. If a cart's checkout was interrupted, every operation on the cart finishes the
/// checkout first.
/// </summary>
public sealed class Carts(
    ICartStore store, IProductStore products, CartCheckouts checkouts, IOptions<CartOptions> options, TimeProvider time)
{
    private static readonly CartView Nothing = CartView.Of(ShoppingCart.Empty, new Dictionary<string, Product>());

    /// <param name="session">The session that the client sent. Null when the client sent no session or an invalid one.</param>
    /// <returns>
    /// The cart with the current prices, or the problem that prevents an interrupted checkout from being finished. Without a session, the
    /// cart is empty.
    /// </returns>
    public async Task<Outcome<CartView>> FindAsync(SessionId? session, CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(session, cancellationToken) is not { } stored)
        {
            return Nothing;
        }

        if (await checkouts.FinishAsync(session!, stored, cancellationToken) is { } problem)
        {
            return problem;
        }

        if (stored.Cart.Stage != CartStage.Open)
        {
            return Nothing;
        }

        if (CartExpiry.IsToBeRenewed(stored.Cart, time.GetUtcNow(), options.Value))
        {
            // If another request has written the cart since the read, that write has already postponed the expiry.
            await store.TryReplaceAsync(session!, stored, Touched(stored.Cart), cancellationToken);
        }

        return CartView.Of(stored.Cart, await new KnownProducts(products).ReadAsync(stored.Cart, further: null, cancellationToken));
    }

    /// <param name="session">The session that the client sent. Null when the client sent no session or an invalid one.</param>
    /// <returns>
    /// The changed cart, or a problem: any problem from <see cref="CartRules.Check"/> or <see cref="CartRules.SetLine"/>, <c>cart-busy</c>
    /// (409), or the problem that prevents an interrupted checkout from being finished.
    /// </returns>
    public async Task<Outcome<ChangedCart>> SetLineAsync(
        SessionId? session, string sku, CartLineChange change, CancellationToken cancellationToken) =>
        CartRules.Check(sku, change) is { } invalid ? invalid : await SetValidLineAsync(session, sku, change, cancellationToken);

    private Task<Outcome<ChangedCart>> SetValidLineAsync(
        SessionId? session, string sku, CartLineChange change, CancellationToken cancellationToken)
    {
        // Each product is read once per request, although several attempts may be necessary. Otherwise, concurrent changes of a large cart
        // would overload the store with reads.
        var known = new KnownProducts(products);
        return OptimisticUpdate.RunAsync<StoredCart?, Outcome<ChangedCart>>(
            () => FindStoredAsync(session, cancellationToken),
            async stored =>
            {
                if (stored is not null && await checkouts.FinishAsync(session!, stored, cancellationToken) is { } unfinished)
                {
                    return (Done: true, unfinished);
                }

                var open = stored?.Cart.Stage == CartStage.Open ? stored : null;
                var cart = open?.Cart ?? ShoppingCart.Empty;
                var found = await known.ReadAsync(cart, change.Quantity == 0 ? null : sku, cancellationToken);
                if (!CartRules.SetLine(cart, sku, change, found).Succeeded(out var changed, out var problem))
                {
                    return (Done: true, problem);
                }

                var view = CartView.Of(changed, found);
                if (open is null)
                {
                    return (Done: true, new ChangedCart(view, await BeginAsync(changed, cancellationToken)));
                }

                var written = await store.TryReplaceAsync(session!, open, Touched(changed), cancellationToken);
                return (written, new ChangedCart(view, Issued: null));
            },
            cancellationToken,
            exhausted: () => CartProblems.Busy(),
            time);
    }

    /// <summary>
    /// Ends the session and removes its cart. A checked-out cart is retained, so that the checkout can be repeated. Does nothing when there
    /// is no session.
    /// </summary>
    /// <returns>
    /// Null on success. Otherwise a 409 <c>cart-busy</c> problem, or the problem that prevents an interrupted checkout from being finished.
    /// </returns>
    public Task<Problem?> ClearAsync(SessionId? session, CancellationToken cancellationToken) =>
        OptimisticUpdate.RunAsync<StoredCart?, Problem?>(
            () => FindStoredAsync(session, cancellationToken),
            async stored => stored switch
            {
                null => (Done: true, null),
                { Cart.Stage: not CartStage.Open } => (Done: true, await checkouts.FinishAsync(session!, stored, cancellationToken)),
                _ => (await store.TryRemoveAsync(session!, stored, cancellationToken), null),
            },
            cancellationToken,
            exhausted: CartProblems.Busy,
            time);

    private Task<StoredCart?> FindStoredAsync(SessionId? session, CancellationToken cancellationToken) =>
        session is null ? Task.FromResult<StoredCart?>(null) : store.FindAsync(session, cancellationToken);

    /// <returns>The id of the new session; null when the cart has no lines and therefore needs no session.</returns>
    private async Task<SessionId?> BeginAsync(ShoppingCart cart, CancellationToken cancellationToken)
    {
        if (cart.Lines is [])
        {
            return null;
        }

        var session = SessionId.New();
        await store.AddAsync(session, Touched(cart), cancellationToken);
        return session;
    }

    private ShoppingCart Touched(ShoppingCart cart) =>
        cart with { Version = cart.Version + 1, ExpiresAt = CartExpiry.After(time.GetUtcNow(), options.Value) };

    /// <summary>The products that one request has read.</summary>
    private sealed class KnownProducts(IProductStore products)
    {
        private readonly HashSet<string> _read = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Product> _found = new(StringComparer.Ordinal);

        /// <summary>
        /// Reads the products of a cart and of a further line in one round trip, except those that have been read before. Reads nothing when
        /// there are none.
        /// </summary>
        public async Task<IReadOnlyDictionary<string, Product>> ReadAsync(ShoppingCart cart, string? further, CancellationToken cancellationToken)
        {
            var skus = cart.Lines.Select(line => line.Sku).Concat(further is null ? [] : [further]).Where(_read.Add).ToList();
            if (skus.Count > 0)
            {
                foreach (var (sku, product) in await products.FindManyAsync(skus, cancellationToken))
                {
                    _found[sku] = product;
                }
            }

            return _found;
        }
    }
}
