namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>What one write or one batch changed, in the order in which replicas apply it.</summary>
/// <param name="Lsn">One higher than that of the commit before.</param>
/// <param name="Items">By id; null for a deletion.</param>
internal sealed record Commit(long Lsn, DateTimeOffset At, string PartitionKey, IReadOnlyDictionary<string, StoredItem?> Items);
