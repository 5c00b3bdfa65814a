using Spectre.Console;

namespace ServerlessScale.Bench.Orders;

/// <summary>Tables for a terminal, which can be pasted into Markdown.</summary>
internal static class Report
{
    /// <param name="results">
    /// The first is what the others are compared with, the second is ours, and the third is ours without storage: what host, proxy,
    /// worker, token and JSON cost on the machine that they all share.
    /// </param>
    public static void Write(IAnsiConsole console, string title, IReadOnlyList<LoadResult> results)
    {
        var table = NewTable(title, "a second, median of rounds", "of the bare loop, median of rounds", "p50 ms", "p99 ms");
        foreach (var result in results)
        {
            table.AddRow(
                result.Name,
                FormattableString.Invariant($"{Median(result.Rates):0}"),
                FormattableString.Invariant($"{Median(result.Rates.Zip(results[0].Rates, (rate, bare) => rate / bare)):0.00}"),
                FormattableString.Invariant($"{result.Percentile(0.5):0.0}"),
                FormattableString.Invariant($"{result.Percentile(0.99):0.0}"));
        }

        console.Write(table);
        var both = results[0].Rates.Zip(results[2].Rates, (bare, path) => 1 / (1 / bare + 1 / path)).ToArray();
        console.WriteLine(FormattableString.Invariant(
            $"Bare loop and path without storage, added up, make {Median(both):0} a second; ours is {Median(results[1].Rates.Zip(both, (ours, sum) => ours / sum)):0.00} of that."));
        console.WriteLine();
    }

    public static void Write(IAnsiConsole console, string title, IReadOnlyList<OperationCost> costs)
    {
        var table = NewTable(title, "round trips to the store", "least", "to queues", "least", "RU", "least");
        foreach (var cost in costs)
        {
            table.AddRow(
                cost.Operation,
                Number(cost.Ours.Store), Number(cost.Least.Store),
                Number(cost.Ours.Queues), Number(cost.Least.Queues),
                Number(cost.Ours.RequestUnits), Number(cost.Least.RequestUnits));
        }

        console.Write(table);
    }

    private static string Number(double? value) => value is null ? "" : FormattableString.Invariant($"{value:0.##}");

    private static Table NewTable(string first, params string[] columns)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn(first);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
