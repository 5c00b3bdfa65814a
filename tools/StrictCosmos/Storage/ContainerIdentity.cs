namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>What an item takes from its container.</summary>
internal sealed class ContainerIdentity(uint database, uint container, int? defaultTimeToLiveSeconds)
{
    public string DatabaseResourceId { get; } = Storage.ResourceId.Database(database);

    public string ResourceId { get; } = Storage.ResourceId.Container(database, container);

    /// <summary>Null when items never expire; -1 when only those with a ttl of their own do.</summary>
    public int? DefaultTimeToLiveSeconds { get; } = defaultTimeToLiveSeconds;

    public string SelfLink => $"dbs/{DatabaseResourceId}/colls/{ResourceId}/";

    public string DocumentId(ulong number) => Storage.ResourceId.Document(database, container, number);

    public string PartitionKeyRangeId(ulong number) => Storage.ResourceId.PartitionKeyRange(database, container, number);
}
