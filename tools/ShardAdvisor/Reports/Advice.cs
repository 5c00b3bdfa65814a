using System.Globalization;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>Which key fits the load, from the figures alone.</summary>
internal sealed record Advice
{
    /// <summary>Below it, retries that clients make anyway hide the throttling; keys are not told apart by less.</summary>
    private const double TolerableThrottling = 0.0001;

    /// <summary>A partition that is full within it makes the key a loan.</summary>
    private const double EnoughYears = 10;

    private const double NearLimit = 0.5;

    /// <summary>The best of the candidates.</summary>
    public required string Key { get; init; }

    /// <summary>Sentences: why this key, what it costs, what is left to watch, and why not the others.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>
    /// The best key keeps within the limits, throttles least, has room for years, and lets queries look at the fewest physical and then
    /// logical partitions, in this order.
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
        return new Advice { Key = best.Key, Reasons = [Why(best), .. Price(best, result), .. Warnings(best, result), .. others] };
    }

    private static string Why(KeyFigures best) => Text(
        $"{best.Key}: {Throttling(best)}, the hottest physical partition carries {best.MaxToMean:0.0} times the mean, and the largest logical partition has {ReportText.Size(best.LargestLogicalBytes)} of at most 20 GB.");

    /// <summary>Which queries another key that keeps within the limits serves from fewer physical partitions.</summary>
    private static IEnumerable<string> Price(KeyFigures best, ReplayResult result)
    {
        var dearer =
            from pair in best.Queries.Index()
            let cheapest = result.Keys.Where(key => !key.Overflows).Append(best).MinBy(key => key.Queries[pair.Index].Physical)!
            let fewest = cheapest.Queries[pair.Index].Physical
            where pair.Item.Physical > fewest
            select $"{pair.Item.Query} takes {pair.Item.Physical} physical partitions, and under {cheapest.Key} {fewest}";
        var all = string.Join("; ", dearer);
        return all.Length == 0 ? [] : [$"That has a price: {all}."];
    }

    private static IEnumerable<string> Warnings(KeyFigures best, ReplayResult result)
    {
        if (best.Overflows)
        {
            yield return "No candidate keeps every logical partition within 20 GB; a key with more different values is needed.";
        }
        else if (best.LargestShareOfLimit > NearLimit)
        {
            yield return Text($"Watch the largest logical partition: it takes {best.LargestShareOfLimit:0%} of the limit, so twice the load does not fit.");
        }
        if (best.YearsUntilFull is < EnoughYears and { } years)
        {
            yield return Text($"At this pace the largest logical partition is full after {years:0.#} years.");
        }
        if (result.UnavoidablyThrottledShare > TolerableThrottling)
        {
            yield return Text(
                $"No key avoids that {result.UnavoidablyThrottledShare:0.####%} of the operations are throttled: the busiest second asks for {result.PeakRequestUnits:#,0} RU, and the container has {result.RequestUnits:#,0}. Autoscale, or queue the peak.");
        }
        if (best.ThrottledShare > result.UnavoidablyThrottledShare + TolerableThrottling)
        {
            yield return Text(
                $"One partition is too hot even so: it is asked for up to {best.PeakRequestUnits:#,0} RU in a second, and has {best.BudgetRequestUnits:#,0}. More throughput is shared out evenly and helps little; slow the burst down, or queue it.");
        }
    }

    private static string WhyNot(KeyFigures key, KeyFigures best)
    {
        var reasons = new List<string>();
        if (key.Overflows)
        {
            reasons.Add(Text($"a logical partition reaches {ReportText.Size(key.LargestLogicalBytes)}, and beyond 20 GB orders are refused for good"));
        }
        if (key.ThrottledShare > best.ThrottledShare + TolerableThrottling)
        {
            reasons.Add(Throttling(key));
        }
        if (key.MaxToMean > 1.5 * best.MaxToMean)
        {
            reasons.Add(Text($"at any time one physical partition carries {key.MaxToMean:0.0} times the mean"));
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
                ? $"{pair.First.Query} takes {pair.First.Physical} physical partitions instead of {pair.Second.Physical}"
                : $"{pair.First.Query} is in {pair.First.LogicalPartitions} logical partitions instead of {pair.Second.LogicalPartitions}");
        return reasons.Count == 0 ? "as good." : string.Join("; ", reasons) + ".";
    }

    private static string Throttling(KeyFigures key) =>
        key.ThrottledShare == 0 ? "nothing is throttled" : Text($"{key.ThrottledShare:0.####%} of the operations are throttled");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
