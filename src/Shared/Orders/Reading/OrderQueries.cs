using ServerlessScale.Shared.Paging;
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
    /// <summary>
    /// The maximum number of months that one page reads, because each month costs a request. A page that reaches it may have fewer orders
    /// than the limit although more pages follow.
    /// </summary>
    private const int MostMonths = 12;

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
    /// A page of the orders of one month, or of all months if the query names none, newest first. Or a problem: <c>month-invalid</c>,
    /// <c>limit-invalid</c>, <c>cursor-invalid</c> or <c>consistency-token-invalid</c> (400), or <c>consistency-not-reached</c> (503).
    /// </returns>
    public async Task<Outcome<OrderListing>> ListAsync(string customerId, OrderListQuery query, CancellationToken cancellationToken)
    {
        OrderMonth only = default;
        if (query.Month is not null && !OrderMonth.TryParse(query.Month, out only))
        {
            return OrderProblems.MonthInvalid();
        }

        if (!PageLimit.TryParse(query.Limit, out var limit, out var problem))
        {
            return problem;
        }

        var allMonths = query.Month is null;
        var cursors = new OrderCursor(signer, time, allMonths);
        ListPosition? position = allMonths ? null : new ListPosition(only, Last: null);
        if (query.Cursor is not null
            && (!cursors.TryRead(query.Cursor, customerId, out position) || (!allMonths && position.Month != only)))
        {
            return PageProblems.CursorInvalid();
        }

        ConsistencyContent? seen = null;
        OrderMonth written = default;
        if (query.ConsistencyToken is { } token
            && (!ConsistencyToken.TryRead(token, store.Kind, customerId, signer, out seen, out written) || (!allMonths && written != only)))
        {
            return OrderProblems.TokenInvalid();
        }

        var months = new MonthsOfListing(store, customerId, allMonths, seen is null ? null : written);
        var orders = new List<Order>(limit);
        position ??= await months.FirstAsync(cancellationToken);
        for (var shards = 0; position is { } next; shards++)
        {
            if (orders.Count == limit || shards == MostMonths)
            {
                return new OrderListing(orders, cursors.Of(customerId, next));
            }

            // The session of the token belongs to the shard of the write. The other shards are in other partitions.
            var session = next.Month == written ? seen : null;
            var read = await WithinLimitAsync(
                session,
                limited => store.ListAsync(new OrderShard(customerId, next.Month), next.Last, limit - orders.Count, session?.Session, limited),
                cancellationToken);
            if (!read.Succeeded(out var page, out problem))
            {
                return problem;
            }

            orders.AddRange(page.Orders);
            position = page.HasMore ? next with { Last = IdOf(page.Orders[^1]) } : await months.AfterAsync(next.Month, cancellationToken);
        }

        return new OrderListing(orders, NextCursor: null);
    }

    private static OrderId IdOf(Order order) => OrderId.TryParse(order.Id, out var id)
        ? id
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

/// <summary>The months that a listing reads. The index is read only when the page does not end in the month in which it starts.</summary>
/// <param name="written">
/// The month of the consistency token; null without a token. It is read even if the replica that serves the index lacks it.
/// </param>
internal sealed class MonthsOfListing(IOrderStore store, string customerId, bool allMonths, OrderMonth? written)
{
    private OrderMonth[]? _newestFirst;

    public async Task<ListPosition?> FirstAsync(CancellationToken cancellationToken) =>
        Position(await NewestFirstAsync(cancellationToken));

    public async Task<ListPosition?> AfterAsync(OrderMonth month, CancellationToken cancellationToken) =>
        allMonths ? Position((await NewestFirstAsync(cancellationToken)).Where(older => older.Start < month.Start)) : null;

    private async Task<OrderMonth[]> NewestFirstAsync(CancellationToken cancellationToken) => _newestFirst ??=
    [
        .. (await store.MonthsAsync(customerId, cancellationToken))
            .Concat(written is { } month ? [month] : [])
            .Distinct()
            .OrderByDescending(known => known.Start),
    ];

    private static ListPosition? Position(IEnumerable<OrderMonth> months)
    {
        foreach (var month in months)
        {
            return new ListPosition(month, Last: null);
        }

        return null;
    }
}
