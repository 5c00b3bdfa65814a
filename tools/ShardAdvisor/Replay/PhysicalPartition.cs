namespace ServerlessScale.ShardAdvisor.Replay;

/// <summary>What is known of a physical partition while a log is replayed.</summary>
internal sealed class PhysicalPartition(PartitionSample sample)
{
    public PartitionSample Sample { get; } = sample;

    public double StoredBytes { get; set; }

    /// <summary>The size at which to try a split.</summary>
    public double SplitsAt { get; set; }

    /// <summary>Asked for in the second under way, whether granted or not.</summary>
    public double SecondRequestUnits { get; set; }

    /// <summary>Asked for in the hour under way.</summary>
    public double HourRequestUnits { get; set; }

    /// <summary>Asked for since the log began, or since the partition was split off.</summary>
    public double RequestUnits { get; set; }
}
