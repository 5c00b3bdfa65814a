using ServerlessScale.ShardAdvisor.Loads;
using ServerlessScale.ShardAdvisor.Reports;

namespace ServerlessScale.ShardAdvisor.Commands;

/// <summary>What was typed. Either a log or a load, never both.</summary>
internal sealed record AdvisorOptions
{
    public FileInfo? Log { get; init; }

    public GeneratedLoad? Load { get; init; }

    /// <summary>RU/s of the container.</summary>
    public required int RequestUnits { get; init; }

    public required int Buckets { get; init; }

    public required ReportFormat Format { get; init; }

    /// <summary>Where to write the plot; null for none.</summary>
    public FileInfo? Plot { get; init; }
}
