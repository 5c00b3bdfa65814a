using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>At most one of the two; none ends the lag.</summary>
internal sealed record LagOrder(int? Writes, double? Milliseconds, SessionMiss SessionMiss)
{
    /// <exception cref="ArgumentException">When both are given, or a value is out of its range.</exception>
    public void ApplyTo(Replication replication)
    {
        replication.Lag = (Writes, Milliseconds) switch
        {
            ({ }, { }) => throw new ArgumentException("A replica lags by writes or by time."),
            ({ } writes, null) => ReplicaLag.OfWrites(writes),
            (null, { } milliseconds) => ReplicaLag.OfTime(TimeSpan.FromMilliseconds(milliseconds)),
            _ => ReplicaLag.None,
        };
        replication.SessionMiss = SessionMiss;
    }
}
