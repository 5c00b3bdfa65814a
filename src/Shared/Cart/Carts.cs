using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Shows and changes the cart of a session. A session begins with the first line, under an id that is made here: one that the store
/// does not know is none, so nobody can choose another's session. Whatever is done to a cart whose checkout was interrupted finishes
/// the checkout first.
/// </summary>
public sealed class Carts(ICartStore store, CartCheckouts checkouts, IOptions<CartOptions> options, TimeProvider time)
{
    /// <param name="session">As the client sent it; null when it sent none that could be one.</param>
    /// <returns>The cart, empty without a session, or why a checkout that was interrupted cannot be finished now.</returns>
    public async Task<Outcome<ShoppingCart>> FindAsync(SessionId? session, CancellationToken cancellationToken)
    {
        if (await FindStoredAsync(session, cancellationToken) is not { } stored)
        {
            return ShoppingCart.Empty;
        }

        if (await checkouts.FinishAsync(session!, stored, cancellationToken) is { } problem)
        {
            return problem;
        }

        if (stored.Cart.Stage != CartStage.Open)
        {
            return ShoppingCart.Empty;
        }

        if (CartExpiry.IsToBeRenewed(stored.Cart, time.GetUtcNow(), options.Value))
        {
            // When somebody else has written meanwhile, that has put it off too.
            await store.TryReplaceAsync(session!, stored, Touched(stored.Cart), cancellationToken);
        }

        return stored.Cart;
    }

    /// <inheritdoc cref="CartRules.SetLine"/>
    /// <param name="session">As the client sent it; null when it sent none that could be one.</param>
    public async Task<Outcome<ChangedCart>> SetLineAsync(
        SessionId? session, string sku, CartLineChange change, CancellationToken cancellationToken)
    {
        var contention = new WriteContention(time);
        do
        {
            var stored = await FindStoredAsync(session, cancellationToken);
            if (stored is not null && await checkouts.FinishAsync(session!, stored, cancellationToken) is { } unfinished)
            {
                return unfinished;
            }

            var open = stored?.Cart.Stage == CartStage.Open ? stored : null;
            if (!CartRules.SetLine(open?.Cart ?? ShoppingCart.Empty, sku, change).Succeeded(out var changed, out var problem))
            {
                return problem;
            }

            if (open is null)
            {
                return await BeginAsync(changed, cancellationToken);
            }

            changed = Touched(changed);
            if (await store.TryReplaceAsync(session!, open, changed, cancellationToken))
            {
                return new ChangedCart(changed, Issued: null);
            }
        }
        while (await contention.WaitAsync(cancellationToken));

        return CartProblems.Busy();
    }

    /// <summary>Ends the session, unless it is kept for a checkout that is sent again. Without one, does nothing.</summary>
    /// <returns>Null, or why a checkout that was interrupted cannot be finished now, or <c>cart-busy</c> 409.</returns>
    public async Task<Problem?> ClearAsync(SessionId? session, CancellationToken cancellationToken)
    {
        var contention = new WriteContention(time);
        do
        {
            if (await FindStoredAsync(session, cancellationToken) is not { } stored)
            {
                return null;
            }

            if (stored.Cart.Stage != CartStage.Open)
            {
                return await checkouts.FinishAsync(session!, stored, cancellationToken);
            }

            if (await store.TryRemoveAsync(session!, stored, cancellationToken))
            {
                return null;
            }
        }
        while (await contention.WaitAsync(cancellationToken));

        return CartProblems.Busy();
    }

    private Task<StoredCart?> FindStoredAsync(SessionId? session, CancellationToken cancellationToken) =>
        session is null ? Task.FromResult<StoredCart?>(null) : store.FindAsync(session, cancellationToken);

    private async Task<ChangedCart> BeginAsync(ShoppingCart cart, CancellationToken cancellationToken)
    {
        if (cart.Lines is [])
        {
            return new ChangedCart(cart, Issued: null);
        }

        var session = SessionId.New();
        var begun = Touched(cart);
        await store.AddAsync(session, begun, cancellationToken);
        return new ChangedCart(begun, session);
    }

    private ShoppingCart Touched(ShoppingCart cart) =>
        cart with { Version = cart.Version + 1, ExpiresAt = CartExpiry.After(time.GetUtcNow(), options.Value) };
}
