using System.Globalization;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>Changes the status of an order if the client has seen the order's current version.</summary>
public sealed class OrderChanges(
    IOrderStore store, OrderIntentQueue intents, OrderEventRelay relay, TokenSigner signer, IOptions<OrderOptions> options, TimeProvider time)
{
    /// <param name="expected">The opaque part of the entity tag in <c>If-Match</c>.</param>
    /// <param name="status">The JSON name of the new status, e.g. <c>paid</c>.</param>
    /// <returns>
    /// The changed order, or a problem: <c>invalid-body</c> (422), <c>order-not-found</c> (404), <c>order-changed</c> (412) or
    /// <c>transition-not-allowed</c> (409).
    /// </returns>
    public async Task<Outcome<WrittenOrder>> ChangeAsync(
        string customerId, string? orderId, string expected, string status, CancellationToken cancellationToken)
    {
        if (!OrderRules.TryParseStatus(status, out var wanted, out var unknown))
        {
            return unknown;
        }

        if (!OrderId.TryParse(orderId, out var id))
        {
            return OrderProblems.OrderNotFound();
        }

        var shard = new OrderShard(customerId, id.Month);
        if (await store.FindLatestAsync(shard, id, cancellationToken) is not { } read)
        {
            return OrderProblems.OrderNotFound();
        }

        if (read.Order.Version.ToString(CultureInfo.InvariantCulture) != expected)
        {
            return OrderProblems.Stale(read.Order);
        }

        if (!OrderTransitions.After(read.Order.Status).Contains(wanted))
        {
            return OrderProblems.TransitionNotAllowed(read.Order, wanted);
        }

        var changed = read.Order with
        {
            Status = wanted,
            UpdatedAt = time.GetUtcNow(),
            Version = read.Order.Version + 1,
            ChangeId = Guid.NewGuid(),
        };
        return await CommitAsync(shard, id, new OrderUpdate(read, changed, OrderEvents.Of(changed, read.Order)));
    }

    /// <summary>
    /// Commits a change. Once the intent is queued, only the deadline can end the commit. The request's cancellation token is ignored, so
    /// the commit continues if the client disconnects.
    /// </summary>
    private async Task<Outcome<WrittenOrder>> CommitAsync(OrderShard shard, OrderId id, OrderUpdate update)
    {
        using var deadline = new CancellationTokenSource(options.Value.CommitDeadline, time);
        var intent = await intents.SendAsync(OrderIntent.Of(update.Changed), deadline.Token);
        var receipt = await store.TryChangeAsync(shard, update, deadline.Token);
        if (receipt is null)
        {
            var current = await store.FindLatestAsync(shard, id, deadline.Token);
            if (current?.Order.ChangeId != update.Changed.ChangeId)
            {
                await relay.WithdrawAsync(intent);
                return current is null ? OrderProblems.OrderNotFound() : OrderProblems.Stale(current.Order);
            }

            // The change id proves that this write succeeded. The client library lost the response and repeated the write.
            receipt = new CommitReceipt(current.Session);
        }

        await relay.PublishAsync(shard, update.Event, intent);
        return new WrittenOrder(update.Changed, ConsistencyToken.Of(store.Kind, update.Changed, receipt.Session, signer));
    }
}
