using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Measurement;
using Spectre.Console;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>Writes a report in one of the formats.</summary>
internal static class ReportWriter
{
    private const string Explanation =
        "Queries: \"8 in 4\" means that 8 logical partitions may contain a result, and that 4 physical partitions are read.";

    public static void Write(AdvisorReport report, ReportFormat format, IAnsiConsole console)
    {
        // All formats except Table are read by programs or pasted into documents. Their lines must therefore not be wrapped to the width of
        // the terminal.
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
            // Names are wrapped between their components, so that long names do not widen the columns.
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

        console.WriteLine();
        console.WriteLine(ShopKey.Explain(report.Advice.Key));
    }

    private static void WritePlain(AdvisorReport report, TextWriter output)
    {
        output.WriteLine(ReportText.Heading(report));
        output.WriteLine();
        var table = new MarkdownTable(["", .. report.Keys.Select(key => key.Key)]);
        foreach (var (label, cells) in ReportText.Rows(report))
        {
            table.Add([label, .. cells]);
        }

        table.Write(output);
        output.WriteLine();
        output.WriteLine(Explanation);
        output.WriteLine();
        output.WriteLine($"Use {report.Advice.Key}.");
        output.WriteLine();
        foreach (var reason in report.Advice.Reasons)
        {
            output.WriteLine($"- {reason}");
        }

        output.WriteLine();
        output.WriteLine(ShopKey.Explain(report.Advice.Key));
    }

    /// <summary>
    /// Writes CSV without quotes. No value needs quotes, because the names contain no commas and all other values are numbers.
    /// </summary>
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

internal enum ReportFormat
{
    /// <summary>A table with borders and colours.</summary>
    Table,

    /// <summary>The same text as the table format, as Markdown.</summary>
    Plain,

    /// <summary>CSV with a line for each key.</summary>
    Csv,

    Json,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(AdvisorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
