using System.Globalization;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>The partition key that fits the load best, and the reasons. The advice depends only on the results of the replay.</summary>
internal sealed record Advice
{
    /// <summary>
    /// The maximum tolerable fraction of throttled operations. Clients retry throttled operations. Differences between keys below
    /// this limit are ignored.
    /// </summary>
    private const double TolerableThrottling = 0.0001;

    /// <summary>
    /// The minimum acceptable number of years before the largest logical partition is full. When a partition is full, another key is
    /// needed, and all orders must be migrated.
    /// </summary>
    private const double EnoughYears = 10;

    /// <summary>The report warns when the largest logical partition uses more than this fraction of the size limit.</summary>
    private const double NearLimit = 0.5;

    /// <summary>The name of the best candidate.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// Sentences that state the reasons for the key, its disadvantages, warnings, and the reasons against the other keys.
    /// </summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>
    /// Chooses the best key by the following criteria, starting with the most important: no logical partition exceeds the limit, few
    /// operations are throttled, no logical partition is full within ten years, queries read few physical partitions, and queries read few
    /// logical partitions.
    /// </summary>
    public static Advice From(ReplayResult result)
    {
        var best = result.Keys
            .OrderBy(key => key.Overflows)
            .ThenBy(key => Math.Max(0, key.ThrottledShare - TolerableThrottling))
            .ThenBy(key => key.YearsUntilFull < EnoughYears)
            .ThenBy(key => key.Queries.Sum(query => query.Physical))
            .ThenBy(key => key.Queries.Sum(query => query.LogicalPartitions))
            .First();
        var others = result.Keys.Where(key => key != best).Select(key => $"{key.Key}: {WhyNot(key, best)}");
        return new Advice { Key = best.Key, Reasons = [Why(best), .. Disadvantages(best, result), .. Warnings(best, result), .. others] };
    }

    private static string Why(KeyFigures best) => Text(
        $"{best.Key}: {Throttling(best)}, the hottest physical partition has {best.MaxToMean:0.0} times the mean load, and the largest logical partition has {ReportText.Size(best.LargestLogicalBytes)} of at most 20 GB.");

    /// <summary>
    /// Lists the queries that would read fewer physical partitions with another key. Ignores keys with which a logical partition exceeds
    /// the limit.
    /// </summary>
    private static IEnumerable<string> Disadvantages(KeyFigures best, ReplayResult result)
    {
        var moreExpensive =
            from pair in best.Queries.Index()
            let cheapest = result.Keys.Where(key => !key.Overflows).Append(best).MinBy(key => key.Queries[pair.Index].Physical)!
            let fewest = cheapest.Queries[pair.Index].Physical
            where pair.Item.Physical > fewest
            select $"the query for {pair.Item.Query} reads {pair.Item.Physical} physical partitions, but only {fewest} with the key {cheapest.Key}";
        var all = string.Join("; ", moreExpensive);
        return all.Length == 0 ? [] : [$"This key has a disadvantage: {all}."];
    }

    private static IEnumerable<string> Warnings(KeyFigures best, ReplayResult result)
    {
        if (best.Overflows)
        {
            yield return "With every candidate key, a logical partition exceeds 20 GB. A key with more distinct values is needed.";
        }
        else if (best.LargestShareOfLimit > NearLimit)
        {
            yield return Text($"Watch the largest logical partition: it uses {best.LargestShareOfLimit:0%} of the limit, so twice the load would exceed the limit.");
        }
        if (best.YearsUntilFull is < EnoughYears and { } years)
        {
            yield return Text($"If orders continue at the rate in the log, the largest logical partition is full after {years:0.#} years.");
        }
        if (result.UnavoidablyThrottledShare > TolerableThrottling)
        {
            yield return Text(
                $"With any key, {result.UnavoidablyThrottledShare:0.####%} of the operations are throttled: the busiest second needs {result.PeakRequestUnits:#,0} RU, but the container provides only {result.RequestUnits:#,0}. Use autoscale, or queue the peak.");
        }
        if (best.ThrottledShare > result.UnavoidablyThrottledShare + TolerableThrottling)
        {
            yield return Text(
                $"One physical partition is still too hot: its busiest second needs {best.PeakRequestUnits:#,0} RU, but its budget is {best.BudgetRequestUnits:#,0}. More throughput helps little, because it is divided evenly among all partitions. Slow the burst down, or queue it.");
        }
    }

    private static string WhyNot(KeyFigures key, KeyFigures best)
    {
        var reasons = new List<string>();
        if (key.Overflows)
        {
            reasons.Add(Text($"a logical partition reaches {ReportText.Size(key.LargestLogicalBytes)}, but Cosmos DB rejects further orders at 20 GB"));
        }
        if (key.ThrottledShare > best.ThrottledShare + TolerableThrottling)
        {
            reasons.Add(Throttling(key));
        }
        if (key.MaxToMean > 1.5 * best.MaxToMean)
        {
            reasons.Add(Text($"on average, the hottest physical partition of an hour has {key.MaxToMean:0.0} times the mean load"));
        }
        if (key.YearsUntilFull is < EnoughYears and { } years && !key.Overflows)
        {
            reasons.Add(Text($"the largest logical partition is full after {years:0.#} years"));
        }
        reasons.AddRange(
            from pair in key.Queries.Zip(best.Queries)
            let more = pair.First.Physical > pair.Second.Physical
            where more || pair.First.LogicalPartitions > pair.Second.LogicalPartitions
            select more
                ? $"the query for {pair.First.Query} reads {pair.First.Physical} physical partitions instead of {pair.Second.Physical}"
                : $"the query for {pair.First.Query} reads {pair.First.LogicalPartitions} logical partitions instead of {pair.Second.LogicalPartitions}");
        return reasons.Count == 0 ? "equally good." : string.Join("; ", reasons) + ".";
    }

    private static string Throttling(KeyFigures key) =>
        key.ThrottledShare == 0 ? "nothing is throttled" : Text($"{key.ThrottledShare:0.####%} of the operations are throttled");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
