using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Makes one order of one cart. First the cart is frozen together with all that the order needs, then the order is placed under a key
/// that follows from the cart, then the cart is closed. Whoever finds a frozen cart does the rest again, which places nothing new.
/// </summary>
public sealed class CartCheckouts(ICartStore store, OrderPlacement placement, IOptions<CartOptions> options, TimeProvider time)
{
    /// <param name="session">As the client sent it; null when it sent none that could be one.</param>
    /// <param name="customerId">Whose order it becomes.</param>
    /// <returns>
    /// The order, or a problem: <c>cart-empty</c>, <c>cart-checked-out</c>, <c>cart-busy</c> and <c>idempotency-in-flight</c> 409,
    /// <c>idempotency-key-reused</c> 422.
    /// </returns>
    public async Task<Outcome<CheckedOutCart>> CheckOutAsync(
        SessionId? session, string customerId, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var contention = new WriteContention(time);
        while (true)
        {
            if (session is null || await store.FindAsync(session, cancellationToken) is not { } stored)
            {
                return CartProblems.Empty();
            }

            if (stored.Cart.Stage != CartStage.Open)
            {
                return await JoinAsync(session, stored, customerId, key, cancellationToken);
            }

            var earlier = stored.Cart.Checkout is { } known && known.IsOf(customerId, key) && known.EndsAt > time.GetUtcNow() ? known : null;
            if (stored.Cart.Lines is [])
            {
                return earlier is null ? CartProblems.Empty() : await RepeatAsync(earlier, cancellationToken);
            }

            if (earlier is not null)
            {
                return OrderProblems.KeyReused();
            }

            // Once that has succeeded, the next turn joins the checkout, as any other request does that finds it.
            if (!await store.TryReplaceAsync(session, stored, Frozen(session, stored.Cart, customerId, key), cancellationToken)
                && !await contention.WaitAsync(cancellationToken))
            {
                return CartProblems.Busy();
            }
        }
    }

    /// <summary>Does what is left of a checkout that was begun; without that, the cart would show again what was ordered.</summary>
    /// <returns>Null when the cart is not, or no longer, frozen; otherwise why not.</returns>
    internal async Task<Problem?> FinishAsync(SessionId session, StoredCart stored, CancellationToken cancellationToken) =>
        stored.Cart.Stage == CartStage.CheckingOut ? (await CompleteAsync(session, stored, cancellationToken)).Problem : null;

    private async Task<Outcome<CheckedOutCart>> JoinAsync(
        SessionId session, StoredCart stored, string customerId, IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (!(await CompleteAsync(session, stored, cancellationToken)).Succeeded(out var written, out var problem))
        {
            return problem;
        }

        var checkout = stored.Cart.Checkout! with { OrderId = written.Order.Id };
        if (checkout.IsOf(customerId, key))
        {
            return new CheckedOutCart(written, await IssueAsync(checkout, cancellationToken));
        }

        return CartProblems.CheckedOut(checkout.CustomerId == customerId ? checkout : null);
    }

    /// <summary>Places the order, unless it is there, and closes the cart, unless it is closed.</summary>
    private async Task<Outcome<WrittenOrder>> CompleteAsync(SessionId session, StoredCart stored, CancellationToken cancellationToken)
    {
        var outcome = await PlaceAsync(stored.Cart.Checkout!, cancellationToken);
        if (outcome.Succeeded(out var written, out _) && stored.Cart.Stage == CartStage.CheckingOut)
        {
            // When somebody else has written meanwhile, that was the same.
            await store.TryReplaceAsync(session, stored, Closed(stored.Cart, written.Order.Id), cancellationToken);
        }

        return outcome;
    }

    /// <summary>For a client that has got its next session's cookie, but not the rest of the answer.</summary>
    private async Task<Outcome<CheckedOutCart>> RepeatAsync(CartCheckout checkout, CancellationToken cancellationToken) =>
        (await PlaceAsync(checkout, cancellationToken)).Succeeded(out var written, out var problem)
            ? new CheckedOutCart(written, Issued: null)
            : problem;

    private Task<Outcome<WrittenOrder>> PlaceAsync(CartCheckout checkout, CancellationToken cancellationToken) =>
        placement.PlaceAsync(checkout.CustomerId, IdempotencyKey.Own(checkout.OrderKey), checkout.Order, cancellationToken);

    private ShoppingCart Frozen(SessionId session, ShoppingCart cart, string customerId, IdempotencyKey key)
    {
        var checkout = new CartCheckout
        {
            CustomerId = customerId,
            KeyId = key.RecordId,
            OrderKey = CartCheckout.OrderKeyOf(session, cart.Version),
            Order = new OrderRequest { Currency = cart.Currency!, Lines = cart.Lines },
            StartedAt = WholeMilliseconds.Of(time.GetUtcNow()),
        };
        return new ShoppingCart
        {
            Stage = CartStage.CheckingOut,
            Lines = [],
            Version = cart.Version + 1,
            ExpiresAt = checkout.EndsAt,
            Checkout = checkout,
        };
    }

    private static ShoppingCart Closed(ShoppingCart frozen, string orderId) => frozen with
    {
        Stage = CartStage.CheckedOut,
        Version = frozen.Version + 1,
        Checkout = frozen.Checkout! with { OrderId = orderId },
    };

    /// <summary>Begins a session that nobody can have known before the checkout, and that remembers it; see <see cref="RepeatAsync"/>.</summary>
    private async Task<SessionId> IssueAsync(CartCheckout checkout, CancellationToken cancellationToken)
    {
        var session = SessionId.New();
        var cart = ShoppingCart.Empty with
        {
            Version = 1,
            ExpiresAt = CartExpiry.After(time.GetUtcNow(), options.Value),
            Checkout = checkout,
        };
        await store.AddAsync(session, cart, cancellationToken);
        return session;
    }
}
