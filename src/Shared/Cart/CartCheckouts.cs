using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Cart;

/// <param name="Issued">The id of the client's next session. Null when an earlier response has already issued it.</param>
public sealed record CheckedOutCart(WrittenOrder Order, SessionId? Issued);

/// <summary>
/// Turns a cart into exactly one order. A checkout first freezes the cart together with everything that the order needs, including the current
/// prices of the catalogue. It then places the order under an idempotency key that is derived from the cart. Finally, it closes the cart. Every request that finds a frozen cart
/// repeats the last two steps. Repeating them does not place a second order, because the idempotency key is the same.
/// </summary>
public sealed class CartCheckouts(
    ICartStore store, OrderPricing pricing, OrderPlacement placement, IOptions<CartOptions> options, TimeProvider time)
{
    /// <param name="session">The session that the client sent. Null when the client sent no session or an invalid one.</param>
    /// <param name="customerId">The customer who will own the order.</param>
    /// <returns>
    /// The order, or a problem: <c>cart-empty</c>, <c>cart-checked-out</c>, <c>cart-busy</c> or <c>idempotency-in-flight</c> (409),
    /// <c>idempotency-key-reused</c> (422), or any problem from <see cref="OrderPricing.PriceAsync"/>, which points to a line of the cart.
    /// </returns>
    public Task<Outcome<CheckedOutCart>> CheckOutAsync(
        SessionId? session, string customerId, IdempotencyKey key, CancellationToken cancellationToken) =>
        OptimisticUpdate.RunAsync<StoredCart?, Outcome<CheckedOutCart>>(
            () => session is null ? Task.FromResult<StoredCart?>(null) : store.FindAsync(session, cancellationToken),
            async stored =>
            {
                if (stored is null)
                {
                    return (Done: true, CartProblems.Empty());
                }

                if (stored.Cart.Stage != CartStage.Open)
                {
                    return (Done: true, await JoinAsync(session!, stored, customerId, key, cancellationToken));
                }

                var earlier = stored.Cart.Checkout is { } known && known.IsOf(customerId, key) && known.EndsAt > time.GetUtcNow() ? known : null;
                if (stored.Cart.Lines is [])
                {
                    return (Done: true, earlier is null ? CartProblems.Empty() : await RepeatAsync(earlier, cancellationToken));
                }

                if (earlier is not null)
                {
                    return (Done: true, IdempotencyProblems.KeyReused());
                }

                var lines = stored.Cart.Lines.Select(line => new RequestedLine { Sku = line.Sku, Quantity = line.Quantity });
                if (!(await pricing.PriceAsync(new OrderRequest { Lines = [.. lines] }, cancellationToken)).Succeeded(out var order, out var problem))
                {
                    return (Done: true, problem);
                }

                var frozen = Frozen(session!, stored.Cart, order, customerId, key);
                return await store.TryReplaceAsync(session!, stored, frozen, cancellationToken)
                    && await store.FindAsync(session!, cancellationToken) is { Cart.Stage: not CartStage.Open } joined
                        ? (Done: true, await JoinAsync(session!, joined, customerId, key, cancellationToken))
                        : (Done: false, CartProblems.Busy());
            },
            cancellationToken,
            exhausted: () => CartProblems.Busy(),
            time);

    /// <summary>Finishes an interrupted checkout, so that its frozen lines end up in an order.</summary>
    /// <returns>
    /// Null when the cart was not frozen or is now closed. Otherwise the problem that prevents the order from being placed.
    /// </returns>
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

    /// <summary>Places the order and closes the cart. If the checkout is already complete, only returns the existing order.</summary>
    private async Task<Outcome<WrittenOrder>> CompleteAsync(SessionId session, StoredCart stored, CancellationToken cancellationToken)
    {
        var outcome = await PlaceAsync(stored.Cart.Checkout!, cancellationToken);
        if (outcome.Succeeded(out var written, out _) && stored.Cart.Stage == CartStage.CheckingOut)
        {
            // If the cart has changed since it was read, another request has closed it with the same order.
            await store.TryReplaceAsync(session, stored, Closed(stored.Cart, written.Order.Id), cancellationToken);
        }

        return outcome;
    }

    /// <summary>
    /// Repeats the result of an earlier checkout. The client may have received the session cookie of the response but not the body.
    /// </summary>
    private async Task<Outcome<CheckedOutCart>> RepeatAsync(CartCheckout checkout, CancellationToken cancellationToken) =>
        (await PlaceAsync(checkout, cancellationToken)).Succeeded(out var written, out var problem)
            ? new CheckedOutCart(written, Issued: null)
            : problem;

    private Task<Outcome<WrittenOrder>> PlaceAsync(CartCheckout checkout, CancellationToken cancellationToken) =>
        placement.PlaceAsync(checkout.CustomerId, IdempotencyKey.Own(checkout.OrderKey), checkout.Order, cancellationToken);

    private ShoppingCart Frozen(SessionId session, ShoppingCart cart, PricedOrder order, string customerId, IdempotencyKey key)
    {
        var checkout = new CartCheckout
        {
            CustomerId = customerId,
            KeyId = key.RecordId,
            OrderKey = CartCheckout.OrderKeyOf(session, cart.Version),
            Order = order,
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

    /// <summary>
    /// Starts the client's next session with a new random id that nobody could have known before the checkout. The new cart stores the
    /// checkout, so that a repeated request gets the same order from <see cref="RepeatAsync"/>.
    /// </summary>
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
