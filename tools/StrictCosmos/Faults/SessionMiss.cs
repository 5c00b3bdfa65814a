namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>What a read in the write region meets when its session token is newer than the lagging replica.</summary>
public enum SessionMiss
{
    /// <summary>The region's primary answers, as it does in Azure, where the gateway asks replica after replica.</summary>
    ReadPrimary,

    /// <summary>404 with substatus 1002 (ReadSessionNotAvailable), as when the primary is out of reach.</summary>
    Refuse,
}
