using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Stores;

/// <summary>
/// Applies the request's <see cref="StorageWait"/> to a store whose client library has no short time limit. In gateway mode, the Cosmos DB
/// library waits at least 65 seconds for a response.
/// </summary>
public sealed class LimitedOrderStore(IOrderStore store) : IOrderStore
{
    public string Kind => store.Kind;

    public Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryCreateAsync(creation, limited), cancellationToken);

    public Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryChangeAsync(shard, update, limited), cancellationToken);

    public Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.TryAddKeyAsync(shard, key, expired, limited), cancellationToken);

    public Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindKeyAsync(shard, keyId, limited), cancellationToken);

    public Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindLatestAsync(shard, id, limited), cancellationToken);

    public Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindAsync(shard, id, session, limited), cancellationToken);

    public Task<OrderPage> ListAsync(
        OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.ListAsync(shard, after, limit, session, limited), cancellationToken);

    public Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken) => StorageWait.LimitAsync(
        async limited =>
        {
            await store.AddMonthAsync(shard, limited);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.MonthsAsync(customerId, limited), cancellationToken);

    public Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        StorageWait.LimitAsync(limited => store.FindEventAsync(shard, eventId, limited), cancellationToken);

    public Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) => StorageWait.LimitAsync(
        async limited =>
        {
            await store.RemoveEventAsync(shard, eventId, limited);
            return true;
        },
        cancellationToken);
}
