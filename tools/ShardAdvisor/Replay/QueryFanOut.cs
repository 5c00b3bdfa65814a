namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>How many partitions a query has to look at.</summary>
/// <param name="Query">What is asked for.</param>
/// <param name="LogicalPartitions">At most so many may hold something.</param>
/// <param name="Physical">So many are asked, for the middle one of a sample of orders.</param>
/// <param name="PhysicalMost">So many for the worst of the sample.</param>
internal sealed record QueryFanOut(string Query, int LogicalPartitions, int Physical, int PhysicalMost);
