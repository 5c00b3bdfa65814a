namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>Positions from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct PositionRange(ulong First, ulong Last);
