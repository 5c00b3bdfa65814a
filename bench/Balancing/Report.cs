using Spectre.Console;

namespace ServerlessScale.Bench.Balancing;

/// <summary>A table for each scenario, with the best of each column in bold.</summary>
internal static class Report
{
    private static readonly (string Name, double Share)[] s_columns = [("p50 ms", 0.5), ("p90 ms", 0.9), ("p99 ms", 0.99)];

    public static void Write(IAnsiConsole console, IReadOnlyList<PolicyResult> results)
    {
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            var table = new Table { Border = TableBorder.Markdown };
            table.AddColumn(FormattableString.Invariant($"{scenario.Key.Name}, {scenario.Key.Rate:0}/s"));
            foreach (var (name, _) in s_columns)
            {
                table.AddColumn(new TableColumn(name).RightAligned());
            }

            foreach (var result in scenario)
            {
                table.AddRow([
                    PolicyNames.Of(result.Policy),
                    .. s_columns.Select(column =>
                    {
                        var text = FormattableString.Invariant($"{result.Percentile(column.Share):0}");
                        return result.Percentile(column.Share) <= scenario.Min(other => other.Percentile(column.Share)) ? $"**{text}**" : text;
                    })]);
            }

            console.Write(table);
        }
    }
}
