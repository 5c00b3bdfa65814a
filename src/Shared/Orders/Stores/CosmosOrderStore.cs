using System.Globalization;
using System.Net;
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
public sealed class CosmosOrderStore(CosmosOrderContainer orders) : IOrderStore
{
    private const int ReadSessionNotAvailable = 1002;
    private const string SubStatusHeader = "x-ms-substatus";

    /// <summary>
    /// The time between the expiry of a key record and its removal by Cosmos. This margin ensures that the app's clock, not the store's
    /// clock, determines when a key may be used again.
    /// </summary>
    private static readonly TimeSpan KeyMargin = TimeSpan.FromHours(1);

    private static readonly TransactionalBatchItemRequestOptions WithoutContent = new() { EnableContentResponseOnWrite = false };

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
        var container = await orders.GetAsync(cancellationToken);
        try
        {
            var read = await container.ReadItemAsync<CosmosItem<Order>>(
                id.Value, KeyOf(shard), new ItemRequestOptions { SessionToken = session }, cancellationToken);
            return new StoredOrder(read.Resource.Content, read.ETag, read.Headers.Session);
        }
        catch (CosmosException e) when (IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
        catch (CosmosException e) when (e is { StatusCode: HttpStatusCode.NotFound, SubStatusCode: 0 })
        {
            return null;
        }
    }

    public async Task<OrderPage> ListAsync(
        OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken)
    {
        var container = await orders.GetAsync(cancellationToken);
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
        catch (CosmosException e) when (IsBehind(e))
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
        var container = await orders.GetAsync(cancellationToken);
        try
        {
            var read = await container.ReadItemAsync<CosmosItem<MonthIndex>>(
                MonthIndex.Id, KeyOf(MonthIndex.ShardOf(customerId)), cancellationToken: cancellationToken);
            return read.Resource.Content.NewestFirst();
        }
        catch (CosmosException e) when (IsBehind(e))
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
        var container = await orders.GetAsync(cancellationToken);
        // For a missing item, the stream API returns status 404, whereas the item API throws an exception.
        using var response = await container.DeleteItemStreamAsync(eventId, KeyOf(shard), cancellationToken: cancellationToken);
        if (IsMissing(response.StatusCode, response.Headers))
        {
            return;
        }

        try
        {
            response.EnsureSuccessStatusCode();
        }
        catch (CosmosException e) when (IsBehind(e))
        {
            throw new ConsistencyNotReachedException(e);
        }
    }

    private static PartitionKey KeyOf(OrderShard shard) =>
        new PartitionKeyBuilder().Add(shard.CustomerId).Add(shard.Month.ToString()).Build();

    /// <summary>
    /// Returns whether the item is missing. Cosmos DB also responds with 404 when the region is behind the session (substatus 1002) and when
    /// the container or the database is missing (substatus 1003), so only substatus 0 means that the item does not exist.
    /// </summary>
    /// <remarks>Source: https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-not-found</remarks>
    private static bool IsMissing(HttpStatusCode status, Headers headers) =>
        status == HttpStatusCode.NotFound && SubStatusOf(headers) == 0;

    private static int SubStatusOf(Headers headers) =>
        int.TryParse(headers[SubStatusHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var subStatus) ? subStatus : 0;

    private static bool IsBehind(CosmosException exception) =>
        exception is { StatusCode: HttpStatusCode.NotFound, SubStatusCode: ReadSessionNotAvailable };

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
            _ when IsMissing(response.StatusCode, response.Headers) => null,
            _ => throw Failure(response),
        };
    }

    private static Exception Failure(TransactionalBatchResponse response)
    {
        // The constructor takes no diagnostics, so the message contains them. They name the regions and replicas that were contacted.
        var exception = new CosmosException(
            $"{response.ErrorMessage} Diagnostics: {response.Diagnostics}",
            response.StatusCode,
            SubStatusOf(response.Headers),
            response.ActivityId,
            response.RequestCharge);
        return IsBehind(exception) ? new ConsistencyNotReachedException(exception) : exception;
    }

    private async Task<TransactionalBatch> BatchAsync(OrderShard shard, CancellationToken cancellationToken) =>
        (await orders.GetAsync(cancellationToken)).CreateTransactionalBatch(KeyOf(shard));

    private async Task<(T Content, string ETag, string Session)?> ReadAtPrimaryAsync<T>(
        OrderShard shard, string id, CancellationToken cancellationToken)
    {
        var batch = await BatchAsync(shard, cancellationToken);
        using var response = await batch.ReadItem(id).ExecuteAsync(cancellationToken);
        if (IsMissing(response.StatusCode, response.Headers))
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Failure(response);
        }

        var read = response.GetOperationResultAtIndex<CosmosItem<T>>(0);
        return (read.Resource.Content, read.ETag, response.Headers.Session);
    }
}
