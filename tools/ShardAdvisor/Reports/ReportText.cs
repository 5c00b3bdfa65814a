using System.Globalization;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>Creates the text that all human-readable formats of the report have in common.</summary>
internal static class ReportText
{
    /// <returns>A row for each figure. Each row has a cell for each key.</returns>
    public static IReadOnlyList<(string Label, IReadOnlyList<string> Cells)> Rows(AdvisorReport report)
    {
        var keys = report.Keys;
        return
        [
            ("logical partitions", Cells(key => Format($"{key.LogicalPartitions:#,0}"))),
            ("- size of the largest", Cells(Largest)),
            ("- of 20 GB", Cells(key => Format($"{key.LargestShareOfLimit:0.##%}"))),
            ("physical partitions", Cells(key => Format($"{key.PhysicalPartitions}"))),
            ("- max/mean load", Cells(key => Format($"{key.MaxToMean:0.00}"))),
            ("- p99 RU/s", Cells(key => Format($"{key.P99RequestUnits:#,0}"))),
            ("- peak RU/s", Cells(key => Format($"{key.PeakRequestUnits:#,0}"))),
            ("- budget RU/s", Cells(key => Format($"{key.BudgetRequestUnits:#,0}"))),
            ("throttled", Cells(key => Format($"{key.ThrottledShare:0.####%}"))),
            .. keys[0].Queries.Select((query, index) => (query.Query, Cells(key => FanOut(key.Queries[index])))),
        ];

        IReadOnlyList<string> Cells(Func<KeyFigures, string> cell) => [.. keys.Select(cell)];
    }

    public static string Heading(AdvisorReport report) => Format(
        $"{report.Operations:#,0} operations from {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}, {Size(report.StoredBytes)} of orders, {report.ProvisionedRequestUnits:#,0} RU/s. The busiest second needs {report.PeakRequestUnits:#,0} RU.");

    public static string Size(double bytes) => bytes switch
    {
        >= 1L << 30 => Format($"{bytes / (1L << 30):0.#} GB"),
        >= 1L << 20 => Format($"{bytes / (1L << 20):0.#} MB"),
        _ => Format($"{bytes / (1L << 10):0.#} KB"),
    };

    /// <summary>Formats the size of the largest logical partition. Shows an upper bound when the size is not known exactly.</summary>
    private static string Largest(KeyFigures key) =>
        key.LargestLogicalBytes > 1.01 * key.LargestLogicalBytesAtLeast ? $"< {Size(key.LargestLogicalBytes)}" : Size(key.LargestLogicalBytes);

    /// <summary>
    /// Formats the number of logical partitions and the median number of physical partitions, such as "8 in 4". If the maximum number of
    /// physical partitions differs from the median, appends it, such as "8 in 4 to 6".
    /// </summary>
    private static string FanOut(QueryFanOut query) => query.PhysicalMost == query.Physical
        ? Format($"{query.LogicalPartitions} in {query.Physical}")
        : Format($"{query.LogicalPartitions} in {query.Physical} to {query.PhysicalMost}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
