using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>A store with a fault: what a test does not override goes to the real one.</summary>
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

    public Task<OrderPage> ListAsync(OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken) =>
        store.ListAsync(shard, after, limit, session, cancellationToken);

    public Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        store.FindEventAsync(shard, eventId, cancellationToken);

    public Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        store.RemoveEventAsync(shard, eventId, cancellationToken);
}

/// <summary>Stops before the first commit, or before the first key record by itself, until it is told to go on.</summary>
internal sealed class PausingStore(IOrderStore store) : ForwardingStore(store)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

/// <summary>Carries a commit out, loses the answer and sends it again, as client libraries do.</summary>
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
