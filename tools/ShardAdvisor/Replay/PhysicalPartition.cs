namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The state of a physical partition during a replay.</summary>
internal sealed class PhysicalPartition(PartitionSample sample)
{
    public PartitionSample Sample { get; } = sample;

    public double StoredBytes { get; set; }

    /// <summary>The size in bytes at which the partition is split.</summary>
    public double SplitsAt { get; set; }

    /// <summary>The request units of the current second, including the request units of throttled operations.</summary>
    public double SecondRequestUnits { get; set; }

    /// <summary>The request units of the current hour.</summary>
    public double HourRequestUnits { get; set; }

    /// <summary>
    /// The request units since the beginning of the log. For a partition that was created by a split, the request units since the split.
    /// </summary>
    public double RequestUnits { get; set; }
}
