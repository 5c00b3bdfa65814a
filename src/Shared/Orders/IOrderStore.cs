using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// A store of orders, idempotency key records and unsent events. Every item belongs to a shard. An implementation lets its client library
/// retry failed requests, and never waits without a time limit. When the store is unavailable or throttles requests, its methods throw the
/// exceptions of the client library.
/// </summary>
public interface IOrderStore
{
    /// <summary>
    /// The kind of store, <c>tables</c> or <c>cosmos</c>. A consistency token is valid only for the kind of store that issued it.
    /// </summary>
    string Kind { get; }

    /// <summary>Writes the order, the key record and the event in one transaction.</summary>
    /// <returns>
    /// The receipt. Null when the order or the key record already exists, or when the expired key record has changed since it was read.
    /// Nothing is written in that case.
    /// </returns>
    Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken);

    /// <summary>Replaces the order and writes the event in one transaction.</summary>
    /// <returns>The receipt. Null when the order has changed since it was read. Nothing is written in that case.</returns>
    Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken);

    /// <summary>Writes a key record without an order.</summary>
    /// <param name="expired">The expired record to replace; null when the key has no record.</param>
    /// <returns>False when the store contains another record for the key. Nothing is written in that case.</returns>
    Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the record for an idempotency key, even if it has expired. The read reflects every commit that completed before the call.
    /// </summary>
    Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds an order. The read reflects every commit that completed before the call. In a store with replicas, this read therefore costs
    /// more than <see cref="FindAsync"/>.
    /// </summary>
    Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken);

    /// <summary>
    /// Finds an order. The replica that serves the read might lack the newest commits, but it has every commit of the session.
    /// </summary>
    /// <param name="session">The session token of a <see cref="CommitReceipt"/>, or null.</param>
    /// <exception cref="ConsistencyNotReachedException">Every replica that was queried lacks a commit in the session.</exception>
    Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken);

    /// <summary>Lists a shard's orders, newest first, with the same consistency as <see cref="FindAsync"/>.</summary>
    /// <param name="after">The last order of the previous page. Null for the first page.</param>
    /// <param name="limit">The maximum number of orders on the page.</param>
    /// <exception cref="ConsistencyNotReachedException">Every replica that was queried lacks a commit in the session.</exception>
    Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the shard's month to the index of the customer's months, unless the index contains it. Costs one read, and one write for the
    /// customer's first order in the month.
    /// </summary>
    Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken);

    /// <summary>Reads the index: the months in which the customer may have orders, newest first.</summary>
    Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken);

    /// <summary>Finds an unsent event. The read reflects every commit that completed before the call.</summary>
    Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);

    /// <summary>Removes an event that was sent. Does nothing when the event has already been removed.</summary>
    Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);
}

/// <summary>The record for an idempotency key in one shard.</summary>
public sealed record KeyRecord
{
    /// <summary>The <see cref="IdempotencyKey.RecordId"/> of the key.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The id of the order that was placed with the key. Null when the record is a fence. A fence prevents an order with this key from
    /// being placed in this shard, so that it can be placed only in the next month's shard.
    /// </summary>
    public string? OrderId { get; init; }

    /// <summary>
    /// The SHA-256 hash of the canonical request body, in base64url. A request with the same key and a different body is rejected.
    /// </summary>
    public required string Fingerprint { get; init; }

    /// <summary>The expiry in UTC. After this time, the key may be used for another order.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The content of the transaction that places an order.</summary>
public sealed record OrderCreation
{
    public required OrderShard Shard { get; init; }

    public required Order Order { get; init; }

    public required KeyRecord Key { get; init; }

    public required EventEnvelope Event { get; init; }

    /// <summary>The expired record for the same key, which the transaction replaces; null when there is none.</summary>
    public StoredKey? Expired { get; init; }
}

/// <summary>The content of the transaction that changes an order.</summary>
/// <param name="Read">The version that the change is based on.</param>
/// <param name="Changed">The new version, which replaces <paramref name="Read"/>.</param>
public sealed record OrderUpdate(StoredOrder Read, Order Changed, EventEnvelope Event);

/// <param name="Session">
/// The Cosmos session token for the commit. A read with this token sees the commit. Null for a store in which every read sees every earlier
/// commit.
/// </param>
public sealed record CommitReceipt(string? Session);

/// <param name="StoreETag">The entity tag that the store assigned to the record, used for conditional writes.</param>
public sealed record StoredKey(KeyRecord Record, string StoreETag);

/// <param name="StoreETag">The entity tag that the store assigned to the record, used for conditional writes.</param>
/// <param name="Session">
/// The Cosmos session token for the read. A later read with this token returns the same state or a newer one. Null for a store without
/// sessions.
/// </param>
public sealed record StoredOrder(Order Order, string StoreETag, string? Session);

/// <param name="HasMore">Whether the shard has orders that are older than the orders on this page.</param>
public sealed record OrderPage(IReadOnlyList<Order> Orders, bool HasMore);
