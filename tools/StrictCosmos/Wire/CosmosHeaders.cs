namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// The names of the headers in the protocol (https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-request-headers),
/// including undocumented headers that the SDK uses.
/// </summary>
internal static class CosmosHeaders
{
    public const string Date = "x-ms-date";
    public const string ActivityId = "x-ms-activity-id";
    public const string RequestCharge = "x-ms-request-charge";
    public const string SubStatus = "x-ms-substatus";
    public const string RetryAfterMilliseconds = "x-ms-retry-after-ms";
    public const string SessionToken = "x-ms-session-token";
    public const string ConsistencyLevel = "x-ms-consistency-level";
    public const string PartitionKey = "x-ms-documentdb-partitionkey";
    public const string PartitionKeyRangeId = "x-ms-documentdb-partitionkeyrangeid";
    public const string StartOfKeys = "x-ms-start-epk";
    public const string EndOfKeys = "x-ms-end-epk";
    public const string IsUpsert = "x-ms-documentdb-is-upsert";
    public const string IsQuery = "x-ms-documentdb-isquery";
    public const string IsQueryPlan = "x-ms-cosmos-is-query-plan-request";
    public const string IsBatch = "x-ms-cosmos-is-batch-request";
    public const string IsBatchAtomic = "x-ms-cosmos-batch-atomic";
    public const string MaxItemCount = "x-ms-max-item-count";
    public const string Continuation = "x-ms-continuation";
    public const string ItemCount = "x-ms-item-count";
    public const string RequiresDistribution = "x-ms-cosmos-query-requiresdistribution";
    public const string OfferThroughput = "x-ms-offer-throughput";
    public const string OfferAutopilot = "x-ms-cosmos-offer-autopilot-settings";
    public const string OwnerFullName = "x-ms-alt-content-path";
    public const string OwnerId = "x-ms-content-path";
    public const string Lsn = "lsn";
}
