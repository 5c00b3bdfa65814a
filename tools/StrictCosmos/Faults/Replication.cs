namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>The settings for replicas that lag behind the primary. They can be changed at any time.</summary>
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

    /// <summary>
    /// The way in which the write region handles a read whose session token is newer than the replica. A read region has no primary, so it
    /// always rejects such a read.
    /// </summary>
    public SessionMiss SessionMiss
    {
        get => _sessionMiss;
        set => _sessionMiss = value;
    }
}

/// <summary>The lag of reads behind writes in each physical partition. It is given as a number of commits or as a time.</summary>
public sealed record ReplicaLag
{
    private ReplicaLag(int writes, TimeSpan time)
    {
        Writes = writes;
        Time = time;
    }

    public static ReplicaLag None { get; } = new(0, TimeSpan.Zero);

    /// <summary>The number of most recent commits in the physical partition that the replica has not applied yet.</summary>
    public int Writes { get; }

    public TimeSpan Time { get; }

    /// <summary>Creates a lag that hides the <paramref name="count"/> most recent commits from reads.</summary>
    public static ReplicaLag OfWrites(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new ReplicaLag(count, TimeSpan.Zero);
    }

    /// <summary>Creates a lag that hides each commit from reads until <paramref name="time"/> has passed.</summary>
    public static ReplicaLag OfTime(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new ReplicaLag(0, time);
    }

    internal bool HasPassed(long lsn, DateTimeOffset at, long primaryLsn, DateTimeOffset now) =>
        lsn + Writes <= primaryLsn && at + Time <= now;
}

/// <summary>The ways in which the write region can handle a read whose session token is newer than the lagging replica.</summary>
public enum SessionMiss
{
    /// <summary>
    /// The primary serves the read. In Azure, the gateway tries the replicas one after another until it finds one that is new enough.
    /// </summary>
    ReadPrimary,

    /// <summary>
    /// The read fails with 404 and substatus 1002 (ReadSessionNotAvailable), as in Azure when the primary is unreachable.
    /// </summary>
    Refuse,
}
