using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>The report on a replay. In JSON, it has the same members.</summary>
internal sealed record AdvisorReport
{
    public required long Operations { get; init; }

    /// <summary>The first second of the log.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The last second of the log.</summary>
    public required DateTimeOffset To { get; init; }

    public required double StoredBytes { get; init; }

    public required double ProvisionedRequestUnits { get; init; }

    public required double PeakRequestUnits { get; init; }

    public required double UnavoidablyThrottledShare { get; init; }

    public required IReadOnlyList<KeyFigures> Keys { get; init; }

    public required Advice Advice { get; init; }

    public static AdvisorReport Of(ReplayResult result) => new()
    {
        Operations = result.Operations,
        From = result.From,
        To = result.To,
        StoredBytes = result.StoredBytes,
        ProvisionedRequestUnits = result.RequestUnits,
        PeakRequestUnits = result.PeakRequestUnits,
        UnavoidablyThrottledShare = result.UnavoidablyThrottledShare,
        Keys = result.Keys,
        Advice = Advice.From(result),
    };
}
