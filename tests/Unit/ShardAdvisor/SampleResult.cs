using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

/// <summary>Creates a replay result that shows no problems. Tests change individual figures with <c>with</c> expressions.</summary>
internal static class SampleResult
{
    public static ReplayResult Of(params KeyFigures[] keys) => new()
    {
        Operations = 1_000,
        From = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        To = new DateTimeOffset(2026, 12, 31, 0, 0, 0, TimeSpan.Zero),
        StoredBytes = 1 << 30,
        RequestUnits = 40_000,
        PeakRequestUnits = 50_000,
        UnavoidablyThrottledShare = 0,
        Keys = keys,
        Timelines = [.. keys.Select(_ => Timeline(shareOfBudget: 0.5))],
    };

    public static KeyFigures Figures(string key, int physical = 1) => new()
    {
        Key = key,
        LogicalPartitions = 12,
        PhysicalPartitions = 4,
        MaxToMean = 1,
        P99RequestUnits = 100,
        PeakRequestUnits = 5_000,
        BudgetRequestUnits = 10_000,
        ThrottledShare = 0,
        LargestLogicalBytes = 2048,
        LargestLogicalBytesAtLeast = 2048,
        YearsUntilFull = null,
        Queries = [new QueryFanOut("a customer's year", 12, physical, physical)],
    };

    public static KeyTimeline Timeline(double shareOfBudget)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        var load = new LoadTimeline(start);
        load.Insert(0, start);
        load.Record(0, start + 3600, shareOfBudget);
        return new KeyTimeline(load, [1 << 30]);
    }
}
