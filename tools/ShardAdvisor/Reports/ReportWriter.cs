using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>Writes a report in the format that was asked for.</summary>
internal static class ReportWriter
{
    private const string Explanation = "Queries: the logical partitions they may find something in, and how many physical ones they ask.";

    public static void Write(AdvisorReport report, ReportFormat format, IAnsiConsole console)
    {
        // Whatever is not a table is for other programs, and must not be broken into lines of the terminal's width.
        var output = console.Profile.Out.Writer;
        switch (format)
        {
            case ReportFormat.Table:
                WriteTables(report, console);
                break;
            case ReportFormat.Plain:
                WritePlain(report, output);
                break;
            case ReportFormat.Csv:
                WriteCsv(report, output);
                break;
            case ReportFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.AdvisorReport));
                break;
        }
    }

    private static void WriteTables(AdvisorReport report, IAnsiConsole console)
    {
        console.WriteLine(ReportText.Heading(report));
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var key in report.Keys)
        {
            // Broken between its parts, the longest name is as narrow as the figures.
            var name = Markup.Escape(key.Key.Replace("+", "\n+", StringComparison.Ordinal).Replace("|", "\n|", StringComparison.Ordinal));
            table.AddColumn(key.Key == report.Advice.Key ? $"[green]{name}[/]" : name, column => column.RightAligned());
        }
        foreach (var (label, cells) in ReportText.Rows(report))
        {
            table.AddRow([label, .. cells.Select(Markup.Escape)]);
        }
        console.Write(table);
        console.WriteLine(Explanation);
        console.WriteLine();
        console.MarkupLineInterpolated($"Use [green]{report.Advice.Key}[/].");
        foreach (var reason in report.Advice.Reasons)
        {
            console.WriteLine($"- {reason}");
        }
    }

    private static void WritePlain(AdvisorReport report, TextWriter output)
    {
        output.WriteLine(ReportText.Heading(report));
        output.WriteLine();
        WriteRow(["", .. report.Keys.Select(key => key.Key)]);
        WriteRow(["---", .. report.Keys.Select(_ => "---:")]);
        foreach (var (label, cells) in ReportText.Rows(report))
        {
            WriteRow([label, .. cells]);
        }
        output.WriteLine();
        output.WriteLine(Explanation);
        output.WriteLine();
        output.WriteLine($"Use {report.Advice.Key}.");
        output.WriteLine();
        foreach (var reason in report.Advice.Reasons)
        {
            output.WriteLine($"- {reason}");
        }

        // A bar in a key's name would end its cell.
        void WriteRow(IEnumerable<string> cells) =>
            output.WriteLine($"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");
    }

    /// <summary>No value needs quotes: names have neither commas nor spaces, and the rest is numbers.</summary>
    private static void WriteCsv(AdvisorReport report, TextWriter output)
    {
        output.WriteLine(
            "key,logicalPartitions,largestLogicalBytes,largestLogicalBytesAtLeast,physicalPartitions,maxToMean,p99RequestUnits,"
            + "peakRequestUnits,budgetRequestUnits,throttledShare,pointReadPartitions,idempotencyLookupPartitions,monthPartitions,yearPartitions");
        foreach (var key in report.Keys)
        {
            IEnumerable<object> values =
            [
                key.Key, key.LogicalPartitions, key.LargestLogicalBytes, key.LargestLogicalBytesAtLeast, key.PhysicalPartitions,
                key.MaxToMean, key.P99RequestUnits, key.PeakRequestUnits, key.BudgetRequestUnits, key.ThrottledShare,
                .. key.Queries.Select(query => (object)query.Physical),
            ];
            output.WriteLine(string.Join(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))));
        }
    }
}
