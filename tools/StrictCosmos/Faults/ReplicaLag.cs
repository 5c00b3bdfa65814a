namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>How far reads may lag behind writes, in each physical partition.</summary>
public sealed record ReplicaLag
{
    private ReplicaLag(int writes, TimeSpan time)
    {
        Writes = writes;
        Time = time;
    }

    public static ReplicaLag None { get; } = new(0, TimeSpan.Zero);

    /// <summary>Commits of the physical partition that the replica does not have yet.</summary>
    public int Writes { get; }

    public TimeSpan Time { get; }

    /// <summary>Reads do not see the last <paramref name="count"/> commits.</summary>
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
