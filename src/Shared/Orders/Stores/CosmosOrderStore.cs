using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Stores;

/// <summary>
/// Stores orders in Cosmos DB for NoSQL. Each shard is a logical partition. Each item is an order, a key record or an unsent event. A
/// commit is a transactional batch. Plain reads have session consistency. Reads that must see every commit are sent as transactional
/// batches, because the primary replica in the write region serves all batches and writes.
/// </summary>
public sealed class CosmosOrderStore(CosmosAccount account) : IOrderStore
{
    /// <summary>
    /// The time between the expiry of a key record and its removal by Cosmos. This margin ensures that the app's clock, not the store's
    /// clock, determines when a key may be used again.
    /// </summary>
    private static readonly TimeSpan KeyMargin = TimeSpan.FromHours(1);

    private static readonly TransactionalBatchItemRequestOptions WithoutContent = new() { EnableContentResponseOnWrite = false };

    private readonly CosmosOrderContainer _orders = new(account);

    public string Kind => "cosmos";

    public async Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken)
    {
        var shard = creation.Shard;
        var batch = await BatchAsync(shard, cancellationToken);
        batch.CreateItem(CosmosItem<Order>.Of(shard, creation.Order.Id, creation.Order), WithoutContent);
        AddKey(batch, shard, creation.Key, creation.Expired);
        batch.CreateItem(CosmosItem<EventEnvelope>.Of(shard, creation.Event.Id, creation.Event), WithoutContent);
        return await TryCommitAsync(batch, cancellationToken);
    }

    public async Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken)
    {
        var batch = await BatchAsync(shard, cancellationToken);
        batch.ReplaceItem(
            update.Changed.Id, CosmosItem<Order>.Of(shard, update.Changed.Id, update.Changed), Unchanged(update.Read.StoreETag));
        batch.CreateItem(CosmosItem<EventEnvelope>.Of(shard, update.Event.Id, update.Event), WithoutContent);
        return await TryCommitAsync(batch, cancellationToken);
    }

    public async Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken)
    {
        var batch = await BatchAsync(shard, cancellationToken);
        AddKey(batch, shard, key, expired);
        return await TryCommitAsync(batch, cancellationToken) is not null;
    }

    public async Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken) =>
        await ReadAtPrimaryAsync<KeyRecord>(shard, keyId, cancellationToken) is var (key, etag, _) ? new StoredKey(key, etag) : null;

    public async Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken) =>
        await ReadAtPrimaryAsync<Order>(shard, id.Value, cancellationToken) is var (order, etag, session)
            ? new StoredOrder(order, etag, session)
            : null;

    public async Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        await ReadAtPrimaryAsync<EventEnvelope>(shard, eventId, cancellationToken) is var (envelope, _, _) ? envelope : null;

    public async Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken)
    {
        var container = await _orders.GetAsync(cancellationToken);
        try
        {
            var read = await container.ReadItemAsync<CosmosItem<Order>>(
                id.Value, KeyOf(shard), new ItemRequestOptions { SessionToken = session }, cancellationToken);
            return new StoredOrder(read.Resource.Content, read.ETag, read.Headers.Session);
        }
        catch (CosmosException e) when (CosmosResponses.IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
        catch (CosmosException e) when (CosmosResponses.IsMissing(e))
        {
            return null;
        }
    }

    public async Task<OrderPage> ListAsync(
        OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken)
    {
        var container = await _orders.GetAsync(cancellationToken);
        var query = new QueryDefinition(
            "SELECT * FROM c WHERE c.customerId = @customer AND c.month = @month AND c.id > @after AND c.id < @end ORDER BY c.id")
            .WithParameter("@customer", shard.CustomerId)
            .WithParameter("@month", shard.Month.ToString())
            .WithParameter("@after", after?.Value ?? OrderId.Prefix)
            .WithParameter("@end", OrderId.End);
        using var iterator = container.GetItemQueryIterator<CosmosItem<Order>>(
            query,
            requestOptions: new QueryRequestOptions
            {
                PartitionKey = KeyOf(shard),
                MaxItemCount = limit + 1,
                SessionToken = session,
                // Avoids a separate request for the query plan. The option is known to fail only when a physical partition is split between
                // two pages, but such a split never divides a shard.
                EnableOptimisticDirectExecution = true,
            });
        var found = new List<Order>(limit + 1);
        try
        {
            while (iterator.HasMoreResults && found.Count <= limit)
            {
                found.AddRange((await iterator.ReadNextAsync(cancellationToken)).Select(item => item.Content));
            }
        }
        catch (CosmosException e) when (CosmosResponses.IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }

        return new OrderPage([.. found.Take(limit)], found.Count > limit);
    }

    public Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken)
    {
        var place = MonthIndex.ShardOf(shard.CustomerId);
        return OptimisticUpdate.RunAsync(
            () => ReadAtPrimaryAsync<MonthIndex>(place, MonthIndex.Id, cancellationToken),
            async read =>
            {
                var index = read?.Content ?? new MonthIndex([]);
                if (index.Contains(shard.Month))
                {
                    return (Done: true, index);
                }

                var item = CosmosItem<MonthIndex>.Of(place, MonthIndex.Id, index.With(shard.Month));
                var batch = await BatchAsync(place, cancellationToken);
                batch = read is var (_, etag, _) ? batch.ReplaceItem(MonthIndex.Id, item, Unchanged(etag)) : batch.CreateItem(item, WithoutContent);
                return (Done: await TryCommitAsync(batch, cancellationToken) is not null, index);
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken)
    {
        var container = await _orders.GetAsync(cancellationToken);
        try
        {
            var read = await container.ReadItemAsync<CosmosItem<MonthIndex>>(
                MonthIndex.Id, KeyOf(MonthIndex.ShardOf(customerId)), cancellationToken: cancellationToken);
            return read.Resource.Content.NewestFirst();
        }
        catch (CosmosException e) when (CosmosResponses.IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
        catch (CosmosException e) when (e is { StatusCode: HttpStatusCode.NotFound, SubStatusCode: 0 })
        {
            return [];
        }
    }

    public async Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken)
    {
        var container = await _orders.GetAsync(cancellationToken);
        // For a missing item, the stream API returns status 404, whereas the item API throws an exception.
        using var response = await container.DeleteItemStreamAsync(eventId, KeyOf(shard), cancellationToken: cancellationToken);
        if (CosmosResponses.IsMissing(response.StatusCode, response.Headers))
        {
            return;
        }

        try
        {
            response.EnsureSuccessStatusCode();
        }
        catch (CosmosException e) when (CosmosResponses.IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
    }

    /// <summary>
    /// Reads the orders of all customers that were created or changed at or after <paramref name="since"/>. It reads every order, so only
    /// tools use it.
    /// </summary>
    internal async IAsyncEnumerable<Order> ChangedSinceAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.id > @after AND c.id < @end ORDER BY c.id")
            .WithParameter("@after", OrderId.Prefix)
            .WithParameter("@end", OrderId.End);
        using var pages = (await _orders.GetAsync(cancellationToken)).GetItemQueryIterator<CosmosItem<Order>>(query);
        while (pages.HasMoreResults)
        {
            foreach (var order in (await pages.ReadNextAsync(cancellationToken)).Select(item => item.Content))
            {
                if ((order.UpdatedAt ?? order.CreatedAt) >= since)
                {
                    yield return order;
                }
            }
        }
    }

    private static PartitionKey KeyOf(OrderShard shard) =>
        new PartitionKeyBuilder().Add(shard.CustomerId).Add(shard.Month.ToString()).Build();

    private static TransactionalBatchItemRequestOptions Unchanged(string etag) =>
        new() { EnableContentResponseOnWrite = false, IfMatchEtag = etag };

    private static void AddKey(TransactionalBatch batch, OrderShard shard, KeyRecord key, StoredKey? expired)
    {
        var item = CosmosItem<KeyRecord>.Of(shard, key.Id, key, (int)(IdempotencyKey.Lifetime + KeyMargin).TotalSeconds);
        if (expired is null)
        {
            batch.CreateItem(item, WithoutContent);
        }
        else
        {
            batch.ReplaceItem(key.Id, item, Unchanged(expired.StoreETag));
        }
    }

    private static async Task<CommitReceipt?> TryCommitAsync(TransactionalBatch batch, CancellationToken cancellationToken)
    {
        using var response = await batch.ExecuteAsync(cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => new CommitReceipt(response.Headers.Session),
            HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => null,
            _ when CosmosResponses.IsMissing(response.StatusCode, response.Headers) => null,
            _ => throw CosmosResponses.Failure(response),
        };
    }

    private async Task<TransactionalBatch> BatchAsync(OrderShard shard, CancellationToken cancellationToken) =>
        (await _orders.GetAsync(cancellationToken)).CreateTransactionalBatch(KeyOf(shard));

    private async Task<(T Content, string ETag, string Session)?> ReadAtPrimaryAsync<T>(
        OrderShard shard, string id, CancellationToken cancellationToken) =>
        await CosmosResponses.ReadAtPrimaryAsync<CosmosItem<T>>(
            await _orders.GetAsync(cancellationToken), KeyOf(shard), id, cancellationToken) is var (item, etag, session)
            ? (item.Content, etag, session)
            : null;
}
