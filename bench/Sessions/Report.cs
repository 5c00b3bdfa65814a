using Spectre.Console;

namespace ServerlessScale.Bench.Sessions;

/// <summary>Both stores side by side, for a terminal.</summary>
internal static class Report
{
    public static void Write(IAnsiConsole console, IReadOnlyList<Turn> tables, IReadOnlyList<Turn> redis)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("Request");
        foreach (var column in (string[])["Carts in", "requests/s", "p50 ms", "p99 ms", "Redis to tables: requests/s", "p50", "p99"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var request in tables.Select(turn => turn.Request).Distinct())
        {
            var (slow, fast) = (Figures(tables, request), Figures(redis, request));
            table.AddRow([request, "tables", .. Texts(slow)]);
            table.AddRow(
            [
                request, "redis", .. Texts(fast),
                Ratio(fast.PerSecond, slow.PerSecond), Ratio(fast.P50, slow.P50), Ratio(fast.P99, slow.P99),
            ]);
        }

        console.Write(table);
    }

    private static (double PerSecond, double P50, double P99) Figures(IReadOnlyList<Turn> turns, string request)
    {
        Turn[] own = [.. turns.Where(turn => turn.Request == request)];
        double[] sorted = [.. own.SelectMany(turn => turn.Latencies).Select(latency => latency.TotalMilliseconds).Order()];
        return (sorted.Length / own.Sum(turn => turn.Elapsed.TotalSeconds), At(sorted, 0.50), At(sorted, 0.99));
    }

    /// <summary>By nearest rank.</summary>
    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private static string[] Texts((double PerSecond, double P50, double P99) figures) =>
    [
        FormattableString.Invariant($"{figures.PerSecond:0}"),
        FormattableString.Invariant($"{figures.P50:0.0}"),
        FormattableString.Invariant($"{figures.P99:0.0}"),
    ];

    private static string Ratio(double redis, double tables) => FormattableString.Invariant($"{redis / tables:0.00}");
}
