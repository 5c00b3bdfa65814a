namespace ServerlessScale.ShardAdvisor.Keys;

/// <param name="Logical">Names the logical partition.</param>
/// <param name="Position">Where it is in the range of hashes that the physical partitions divide among themselves.</param>
internal readonly record struct KeyPlace(ulong Logical, ulong Position);
