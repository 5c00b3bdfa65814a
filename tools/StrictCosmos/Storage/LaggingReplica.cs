using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A secondary that applies the primary's commits in order, as late as it is told to.</summary>
internal sealed class LaggingReplica
{
    private readonly Queue<Commit> _pending = new();

    public ItemSet Items { get; } = new();

    public void Receive(Commit commit) => _pending.Enqueue(commit);

    public void CatchUp(ReplicaLag lag, long primaryLsn, DateTimeOffset now)
    {
        while (_pending.TryPeek(out var commit) && lag.HasPassed(commit.Lsn, commit.At, primaryLsn, now))
        {
            Items.Apply(_pending.Dequeue());
        }
    }
}
