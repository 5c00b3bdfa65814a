using Spectre.Console;

namespace ServerlessScale.Bench.Balancing;

/// <summary>A table for each scenario, with the best of each column in bold.</summary>
internal static class Report
{
    private static readonly (string Name, Func<PolicyResult, double> Of)[] Columns =
    [
        ("cheap p50 ms", result => result.Percentile(0.5, ofCheap: true)),
        ("cheap p99 ms", result => result.Percentile(0.99, ofCheap: true)),
        ("all p50 ms", result => result.Percentile(0.5, ofCheap: false)),
        ("all p99 ms", result => result.Percentile(0.99, ofCheap: false)),
    ];

    public static void Write(IAnsiConsole console, IReadOnlyList<PolicyResult> results)
    {
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            var table = new Table { Border = TableBorder.Markdown };
            table.AddColumn(FormattableString.Invariant($"{scenario.Key.Name}, {scenario.Key.Rate:0}/s"));
            foreach (var (name, _) in Columns)
            {
                table.AddColumn(new TableColumn(name).RightAligned());
            }

            foreach (var result in scenario)
            {
                table.AddRow([
                    PolicyNames.Of(result.Policy),
                    .. Columns.Select(column =>
                    {
                        var text = FormattableString.Invariant($"{column.Of(result):0}");
                        return column.Of(result) <= scenario.Min(column.Of) ? $"**{text}**" : text;
                    })]);
            }

            console.Write(table);
        }
    }
}
