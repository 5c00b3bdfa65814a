using System.Globalization;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Reading;

/// <summary>The parameters of a listing, exactly as the client sent them. A parameter that was not sent is null.</summary>
public sealed record OrderListQuery
{
    public string? Month { get; init; }

    public string? Cursor { get; init; }

    public string? Limit { get; init; }

    public string? ConsistencyToken { get; init; }
}

/// <param name="NextCursor">The cursor for the next page. Null when there are no older orders.</param>
public sealed record OrderListing(IReadOnlyList<Order> Orders, string? NextCursor);

/// <summary>Reads a customer's orders. A read with a consistency token sees at least the write that returned the token.</summary>
public sealed class OrderQueries(IOrderStore store, TokenSigner signer, TimeProvider time)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;

    /// <summary>The maximum time that a read waits for a replica to catch up. After this time, the client receives a problem.</summary>
    private static readonly TimeSpan ConsistencyLimit = TimeSpan.FromSeconds(2);

    /// <summary>The pause before a read is repeated because no replica has received the write yet.</summary>
    private static readonly TimeSpan ConsistencyPause = TimeSpan.FromMilliseconds(100);

    /// <param name="token">The consistency token that a write returned, or null.</param>
    /// <returns>
    /// The order, or a problem: <c>order-not-found</c> (404), <c>consistency-token-invalid</c> (400) or <c>consistency-not-reached</c>
    /// (503).
    /// </returns>
    public async Task<Outcome<Order>> FindAsync(string customerId, string? orderId, string? token, CancellationToken cancellationToken)
    {
        if (!OrderId.TryParse(orderId, out var id))
        {
            return OrderProblems.OrderNotFound();
        }

        var shard = new OrderShard(customerId, id.Month);
        ConsistencyContent? seen = null;
        if (token is not null && !ConsistencyToken.TryRead(token, store.Kind, shard, signer, out seen))
        {
            return OrderProblems.TokenInvalid();
        }

        var read = await WithinLimitAsync(
            seen, async limited => new Found(await store.FindAsync(shard, id, seen?.Session, limited)), cancellationToken);
        if (!read.Succeeded(out var found, out var problem))
        {
            return problem;
        }

        // If the store was restored from an older backup, the session does not reveal that the write is missing, but the version does.
        if (seen?.OrderId == id.Value && !(found.Order?.Order.Version >= seen.Version))
        {
            return OrderProblems.ConsistencyNotReached();
        }

        return found.Order is { Order: var order } ? order : OrderProblems.OrderNotFound();
    }

    /// <returns>
    /// A page of a month's orders, newest first, or a problem: <c>month-invalid</c>, <c>limit-invalid</c>, <c>cursor-invalid</c> or
    /// <c>consistency-token-invalid</c> (400), or <c>consistency-not-reached</c> (503).
    /// </returns>
    public async Task<Outcome<OrderListing>> ListAsync(string customerId, OrderListQuery query, CancellationToken cancellationToken)
    {
        var month = OrderMonth.Of(time.GetUtcNow());
        if (query.Month is not null && !OrderMonth.TryParse(query.Month, out month))
        {
            return OrderProblems.MonthInvalid();
        }

        var limit = DefaultLimit;
        if (query.Limit is not null
            && (!int.TryParse(query.Limit, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return OrderProblems.LimitInvalid(MaxLimit);
        }

        OrderId? after = null;
        if (query.Cursor is not null)
        {
            if (!OrderCursor.TryRead(query.Cursor, customerId, signer, out var last) || (query.Month is not null && last.Month != month))
            {
                return OrderProblems.CursorInvalid();
            }

            // If the query specifies no month, the listing continues in the cursor's month, because a new month may have begun since the
            // previous page was read.
            (after, month) = (last, last.Month);
        }

        var shard = new OrderShard(customerId, month);
        ConsistencyContent? seen = null;
        if (query.ConsistencyToken is { } token && !ConsistencyToken.TryRead(token, store.Kind, shard, signer, out seen))
        {
            return OrderProblems.TokenInvalid();
        }

        var read = await WithinLimitAsync(
            seen, limited => store.ListAsync(shard, after, limit, seen?.Session, limited), cancellationToken);
        if (!read.Succeeded(out var page, out var problem))
        {
            return problem;
        }

        return new OrderListing(page.Orders, page.HasMore ? CursorAfter(page.Orders[^1]) : null);
    }

    private string CursorAfter(Order order) => OrderId.TryParse(order.Id, out var last)
        ? OrderCursor.After(last, order.CustomerId, signer)
        : throw new InvalidOperationException($"The stored order has the invalid id {order.Id}.");

    private async Task<Outcome<T>> WithinLimitAsync<T>(
        ConsistencyContent? seen, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        // Without a session token from the client, no time limit is needed. In this case, the client library waits only for this instance's
        // own writes.
        using var expiry = new CancellationTokenSource(seen?.Session is null ? Timeout.InfiniteTimeSpan : ConsistencyLimit, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    return await read(limited.Token);
                }
                catch (ConsistencyNotReachedException) when (seen?.Session is not null)
                {
                    // In gateway mode, Cosmos DB reports at once that no replica has received the write. In direct mode, the client library
                    // waits itself. The read is repeated until the limit, so that both modes wait equally long.
                }

                await Task.Delay(ConsistencyPause, time, limited.Token);
            }
        }
        catch (ConsistencyNotReachedException)
        {
            return OrderProblems.ConsistencyNotReached();
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return OrderProblems.ConsistencyNotReached();
        }
    }

    private sealed record Found(StoredOrder? Order);
}
