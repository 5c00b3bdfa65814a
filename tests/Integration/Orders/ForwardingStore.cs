using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>Forwards every call to a real store. Derived classes override calls to simulate failures and delays.</summary>
internal abstract class ForwardingStore(IOrderStore store) : IOrderStore
{
    public string Kind => store.Kind;

    public virtual Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken) =>
        store.TryCreateAsync(creation, cancellationToken);

    public Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken) =>
        store.TryChangeAsync(shard, update, cancellationToken);

    public virtual Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken) =>
        store.TryAddKeyAsync(shard, key, expired, cancellationToken);

    public Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken) =>
        store.FindKeyAsync(shard, keyId, cancellationToken);

    public Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken) =>
        store.FindLatestAsync(shard, id, cancellationToken);

    public Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken) =>
        store.FindAsync(shard, id, session, cancellationToken);

    public virtual Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken) => store.AddMonthAsync(shard, cancellationToken);

    public virtual Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken) =>
        store.MonthsAsync(customerId, cancellationToken);

    public virtual Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken) =>
        store.ListAsync(shard, after, limit, session, cancellationToken);

    public Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        store.FindEventAsync(shard, eventId, cancellationToken);

    public Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        store.RemoveEventAsync(shard, eventId, cancellationToken);
}

/// <summary>A store that pauses before it commits or before it writes a fence. It resumes when <see cref="Continue"/> is called.</summary>
internal sealed class PausingStore(IOrderStore store) : ForwardingStore(store)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>If true, the store pauses before it writes a fence. If false, it pauses before a commit.</summary>
    public bool AtKeys { get; set; }

    public Task Reached => _reached.Task;

    public void Continue() => _continue.SetResult();

    public override async Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken)
    {
        await PauseAsync(!AtKeys);
        return await base.TryCreateAsync(creation, cancellationToken);
    }

    public override async Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken)
    {
        await PauseAsync(AtKeys);
        return await base.TryAddKeyAsync(shard, key, expired, cancellationToken);
    }

    private Task PauseAsync(bool here)
    {
        if (!here)
        {
            return Task.CompletedTask;
        }

        _reached.TrySetResult();
        return _continue.Task;
    }
}

/// <summary>A store that repeats every commit, as a client library does when it retries after losing a response.</summary>
internal sealed class RepeatingStore(IOrderStore store) : ForwardingStore(store)
{
    public int Writes { get; private set; }

    public override async Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken)
    {
        Writes += 2;
        await base.TryCreateAsync(creation, cancellationToken);
        return await base.TryCreateAsync(creation, cancellationToken);
    }
}
