namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The load and size of each physical partition, those of neighbouring keys next to each other.</summary>
internal sealed record KeyTimeline(LoadTimeline Load, IReadOnlyList<double> StoredBytes);
