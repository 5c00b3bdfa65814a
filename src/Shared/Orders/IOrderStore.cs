using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// Stores orders, the records of idempotency keys, and the events that are still to be sent, by shard. Beyond the retries of its client
/// library, a store neither retries nor waits without a limit. A store that is down or throttles throws its client library's own
/// exception.
/// </summary>
public interface IOrderStore
{
    /// <summary><c>tables</c> or <c>cosmos</c>. A consistency token is valid for one kind of store only.</summary>
    string Kind { get; }

    /// <summary>Writes the order, the key record and the event in one transaction.</summary>
    /// <returns>Null, and nothing is written, when the order or the key record exists, or when the expired key record has changed.</returns>
    Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken);

    /// <summary>Replaces the order and writes the event in one transaction.</summary>
    /// <returns>Null, and nothing is written, when the order has changed since it was read.</returns>
    Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken);

    /// <summary>Writes a key record without an order.</summary>
    /// <param name="expired">The expired record to replace; null when the key has no record.</param>
    /// <returns>False, and nothing is written, when the key has another record.</returns>
    Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken);

    /// <summary>Finds the record of a key, which may have expired. Sees every commit that ended before the call.</summary>
    Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken);

    /// <summary>
    /// Finds an order. Sees every commit that ended before the call, and so costs more than <see cref="FindAsync"/> in a store with
    /// replicas.
    /// </summary>
    Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken);

    /// <summary>Finds an order. The replica that serves the read may be behind the newest commit, but not behind the session.</summary>
    /// <param name="session">From a <see cref="CommitReceipt"/>, or null.</param>
    /// <exception cref="ConsistencyNotReachedException">Every replica that could be asked is behind the session.</exception>
    Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken);

    /// <summary>Lists a shard's orders, newest first. Replicas may be behind, as for <see cref="FindAsync"/>.</summary>
    /// <param name="after">The page starts with the order after this one; null starts with the newest.</param>
    /// <param name="limit">The most orders of a page.</param>
    /// <exception cref="ConsistencyNotReachedException">As for <see cref="FindAsync"/>.</exception>
    Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken);

    /// <summary>Finds an event that is still to be sent. Sees every commit that ended before the call.</summary>
    Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);

    /// <summary>Removes an event that was sent. Does nothing when the event is gone already.</summary>
    Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken);
}

/// <summary>What a store knows about an idempotency key in one shard.</summary>
public sealed record KeyRecord
{
    /// <summary><see cref="IdempotencyKey.RecordId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The order that was placed with the key. Null makes the record a fence: the key is used in the shard of the next month, and no
    /// order may be placed with it in this shard any more.
    /// </summary>
    public string? OrderId { get; init; }

    /// <summary>SHA-256 of the canonical request body, base64url. A request with another body under the same key is refused.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>UTC. After this time the key may be used for another order.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The content of the transaction that places an order.</summary>
public sealed record OrderCreation
{
    public required OrderShard Shard { get; init; }

    public required Order Order { get; init; }

    public required KeyRecord Key { get; init; }

    public required EventEnvelope Event { get; init; }

    /// <summary>The expired record of the same key, which the transaction replaces; null when there is none.</summary>
    public StoredKey? Expired { get; init; }
}

/// <summary>The content of the transaction that changes an order.</summary>
/// <param name="Read">The version that the change is based on.</param>
/// <param name="Changed">The version that replaces it.</param>
public sealed record OrderUpdate(StoredOrder Read, Order Changed, EventEnvelope Event);

/// <param name="Session">
/// Cosmos: a session token. A read with this token sees the commit. Null for stores whose every read sees every commit.
/// </param>
public sealed record CommitReceipt(string? Session);

/// <param name="StoreETag">The store's own entity tag of the record, for conditional writes.</param>
public sealed record StoredKey(KeyRecord Record, string StoreETag);

/// <param name="StoreETag">The store's own entity tag of the record, for conditional writes.</param>
/// <param name="Session">Cosmos: a session token. A later read with this token sees at least what this read has seen. Null for stores without sessions.</param>
public sealed record StoredOrder(Order Order, string StoreETag, string? Session);

/// <param name="HasMore">Whether the shard has older orders than those of this page.</param>
public sealed record OrderPage(IReadOnlyList<Order> Orders, bool HasMore);

/// <summary>Every replica that could be asked in time is behind the session of the reader.</summary>
public sealed class ConsistencyNotReachedException(Exception? innerException = null)
    : Exception("Every replica is behind the session.", innerException);
