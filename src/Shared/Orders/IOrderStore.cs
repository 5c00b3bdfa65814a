using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// Orders, idempotency keys and events that are still to be sent, by shard. Nothing here retries beyond what its client library does
/// or waits without end; a store that is down or throttles shows as the library's own exception.
/// </summary>
public interface IOrderStore
{
    /// <summary><c>tables</c> or <c>cosmos</c>; consistency tokens are bound to it.</summary>
    string Kind { get; }

    /// <summary>Writes order, key record and event in one transaction.</summary>
    /// <returns>Null, and nothing is written, when the key or the order exists, or the key record to be replaced has changed.</returns>
    Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken);

    /// <summary>Replaces the order and writes the event in one transaction.</summary>
    /// <returns>Null, and nothing is written, when the order is not as it was read.</returns>
    Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken);

    /// <summary>Writes the key record alone, in the place of <paramref name="expired"/> if there is that.</summary>
    /// <returns>False, and nothing is written, when there is another one.</returns>
    Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken);

    /// <summary>Sees every commit that ended before the call. May return an expired record.</summary>
    Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken);

    /// <summary>Sees every commit that ended before the call; costs more than <see cref="FindAsync"/> where replicas could serve that.</summary>
    Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken);

    /// <summary>May be served by a replica that is behind, but never behind <paramref name="session"/>.</summary>
    /// <param name="session">From a <see cref="CommitReceipt"/>, or null.</param>
    /// <exception cref="ConsistencyNotReachedException">No replica that can be asked has come as far as the session.</exception>
    Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> orders, newest first, older than <paramref name="after"/>; see <see cref="FindAsync"/>.</summary>
    /// <exception cref="ConsistencyNotReachedException">As for <see cref="FindAsync"/>.</exception>
    Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken);

    /// <summary>An event that is still to be sent; sees every commit that ended before the call.</summary>
    Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);

    /// <summary>Does nothing when it is gone already.</summary>
    Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);
}
