using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A secondary replica. It applies the primary's commits in order, after the configured lag.</summary>
internal sealed class LaggingReplica
{
    private readonly Queue<Commit> _pending = new();

    public ItemSet Items { get; } = new();

    public void Receive(Commit commit) => _pending.Enqueue(commit);

    public void DiscardPending() => _pending.Clear();

    public void CatchUp(ReplicaLag lag, long primaryLsn, DateTimeOffset now)
    {
        while (_pending.TryPeek(out var commit) && lag.HasPassed(commit.Lsn, commit.At, primaryLsn, now))
        {
            Items.Apply(_pending.Dequeue());
        }
    }
}

/// <summary>The changes that one write or one batch made.</summary>
/// <param name="Lsn">The log sequence number, which is one higher than the number of the previous commit.</param>
/// <param name="At">The time at which the primary applied the commit.</param>
/// <param name="PartitionKey">The effective partition key of the items.</param>
/// <param name="Items">The changed items by id. For a deleted item, the value is null.</param>
internal sealed record Commit(long Lsn, DateTimeOffset At, string PartitionKey, IReadOnlyDictionary<string, StoredItem?> Items);
