namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>The state of a physical partition during a replay.</summary>
internal sealed class PhysicalPartition(PartitionSample sample)
{
    public PartitionSample Sample { get; } = sample;

    public double StoredBytes { get; set; }

    /// <summary>The size at which the partition is to be split.</summary>
    public double SplitsAt { get; set; }

    /// <summary>The request units of the current second, whether they were granted or throttled.</summary>
    public double SecondRequestUnits { get; set; }

    /// <summary>The request units of the current hour.</summary>
    public double HourRequestUnits { get; set; }

    /// <summary>The request units since the beginning of the log, or since the partition was split off.</summary>
    public double RequestUnits { get; set; }
}
