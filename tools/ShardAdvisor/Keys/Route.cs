namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>Where a query looks.</summary>
/// <param name="LogicalPartitions">The logical partitions that it may find something in.</param>
/// <param name="Ranges">What a client can name of them: each logical partition, or the range of a prefix of the key.</param>
internal sealed record Route(int LogicalPartitions, IReadOnlyList<PositionRange> Ranges);
