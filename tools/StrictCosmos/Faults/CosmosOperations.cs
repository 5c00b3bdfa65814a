namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>The kinds of requests. The values are flags, because a fault can affect several kinds of requests.</summary>
[Flags]
public enum CosmosOperations
{
    None = 0,
    Create = 1,
    Read = 2,
    Replace = 4,
    Upsert = 8,
    Delete = 16,
    Batch = 32,
    Query = 64,
    QueryPlan = 128,

    /// <summary>Requests for the account, databases, containers and partition key ranges.</summary>
    Metadata = 256,

    Writes = Create | Replace | Upsert | Delete | Batch,
    Reads = Read | Query,
    Data = Writes | Reads | QueryPlan,
}
