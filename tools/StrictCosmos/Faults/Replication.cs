namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>How old the replicas are that answer reads. May be changed at any time.</summary>
public sealed class Replication
{
    private volatile ReplicaLag _lag = ReplicaLag.None;
    private volatile SessionMiss _sessionMiss = SessionMiss.ReadPrimary;

    /// <summary>Default: none.</summary>
    public ReplicaLag Lag
    {
        get => _lag;
        set => _lag = value;
    }

    /// <summary>Default: the primary answers. A read region has no primary and always refuses.</summary>
    public SessionMiss SessionMiss
    {
        get => _sessionMiss;
        set => _sessionMiss = value;
    }
}
