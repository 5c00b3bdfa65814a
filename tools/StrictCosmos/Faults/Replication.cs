namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>How far the replicas that serve reads lag behind. The settings can be changed at any time.</summary>
public sealed class Replication
{
    private volatile ReplicaLag _lag = ReplicaLag.None;
    private volatile SessionMiss _sessionMiss = SessionMiss.ReadPrimary;

    /// <summary>The lag of the replicas. The default is no lag.</summary>
    public ReplicaLag Lag
    {
        get => _lag;
        set => _lag = value;
    }

    /// <summary>What happens when the replica is older than the session token. A read region has no primary, so it always refuses.</summary>
    public SessionMiss SessionMiss
    {
        get => _sessionMiss;
        set => _sessionMiss = value;
    }
}

/// <summary>How far reads lag behind writes in each physical partition, by a number of commits or by a time.</summary>
public sealed record ReplicaLag
{
    private ReplicaLag(int writes, TimeSpan time)
    {
        Writes = writes;
        Time = time;
    }

    public static ReplicaLag None { get; } = new(0, TimeSpan.Zero);

    /// <summary>The number of the latest commits of the physical partition that the replica does not have.</summary>
    public int Writes { get; }

    public TimeSpan Time { get; }

    /// <summary>Reads do not see the latest <paramref name="count"/> commits.</summary>
    public static ReplicaLag OfWrites(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new ReplicaLag(count, TimeSpan.Zero);
    }

    /// <summary>Reads see a commit only after this time.</summary>
    public static ReplicaLag OfTime(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new ReplicaLag(0, time);
    }

    internal bool HasPassed(long lsn, DateTimeOffset at, long primaryLsn, DateTimeOffset now) =>
        lsn + Writes <= primaryLsn && at + Time <= now;
}

/// <summary>What happens to a read in the write region whose session token is newer than the lagging replica.</summary>
public enum SessionMiss
{
    /// <summary>The primary serves the read. In Azure, the gateway also tries the other replicas until one is new enough.</summary>
    ReadPrimary,

    /// <summary>The read gets 404 with substatus 1002 (ReadSessionNotAvailable), as in Azure when the primary is unreachable.</summary>
    Refuse,
}
