using System.Globalization;
using System.Net;
using System.Text;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Creates an HTML page with all tables and plots of a run. The page loads no other files.</summary>
internal static class HtmlReport
{
    private const string Style = """
        <style>
          :root { color-scheme: light dark; --ink: #1f2328; --paper: #ffffff; --grid: #d1d9e0; }
          @media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --paper: #0d1117; --grid: #3d444d; } }
          body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); background: var(--paper);
                 max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
          svg { width: 100%; height: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; }
          td, th { padding: .3rem .5rem; border-bottom: 1px solid var(--grid); text-align: right; } td:first-child, th:first-child { text-align: left; }
          .scroll { overflow-x: auto; }
        </style>
        """;

    /// <param name="run">The measurement.</param>
    /// <param name="earlier">An earlier measurement for comparison; null for no comparison.</param>
    public static string Html(RunFile run, RunFile? earlier = null)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Cold starts</title>
            {Style}
            <h1>Cold starts</h1>
            <p>{run.MeasuredAt:yyyy-MM-dd HH:mm} UTC, {Text(run.Machine.System)}, {Text(run.Machine.Architecture)}, {run.Machine.Cores} cores, {Text(run.Machine.Runtime)};
            {run.Samples.Max(sample => sample.Round)} starts of each app, interleaved in random order. Files were {(run.PageCacheDropped ? "read from the disk" : "in the page cache")}.</p>
            <ul>{string.Concat(Terminal.Ratios(run).Select(line => $"<li>{Text(line)}</li>"))}</ul>
            <h2>Distribution</h2>
            {StripPlot.Draw(run, earlier)}
            <h2>Phases</h2>
            {WaterfallPlot.Draw(run)}
            <h2>Figures</h2>

            """);
        Figures(html, run);
        if (run.Subjects.Any(subject => subject.App == MeasuredApp.Shop.Name && Variants.Ablations.Any(variant => variant.Name == subject.Variant && variant != Variants.Plain)))
        {
            Ablation(html, run);
        }

        if (earlier is not null)
        {
            Comparisons(html, SubjectComparison.Of(earlier, run), earlier.MeasuredAt);
        }

        return html.AppendLine("</html>").ToString();
    }

    private static void Figures(StringBuilder html, RunFile run) => Table(
        html,
        ["Milliseconds", "median", "95 %", "p95", "95 %", "p99", "95 %", "tail / median"],
        run.Subjects.Select(subject =>
        {
            var summary = Summary.Of(run.Totals(subject.Name));
            return (string[])
            [
                subject.Name, Number(summary.Median, "0"), summary.MedianInterval.ToString("0"), Number(summary.P95, "0"), summary.P95Interval.ToString("0"),
                Number(summary.P99, "0"), summary.P99Interval.ToString("0"), Number(summary.TailToMedian, "0.00"),
            ];
        }));

    private static void Ablation(StringBuilder html, RunFile run)
    {
        html.AppendLine("<h2>What each setting costs or saves</h2>");
        Table(
            html,
            ["Compared with the app as published", "ms", "95 %", "processor ms", "working set MB", "zip MB", "beyond noise"],
            AblationRow.Ranked(run).Select(row => (string[])
            [
                row.Variant, Number(row.Milliseconds, "+0;-0;0"), row.Interval.ToString("+0;-0;0"), Number(row.ProcessorMilliseconds, "+0;-0;0"),
                Number(row.WorkingSetMegabytes, "+0.0;-0.0;0.0"), Number(row.ZipMegabytes, "+0.0;-0.0;0.0"), row.BeyondNoise ? "yes" : "no",
            ]));
    }

    private static void Comparisons(StringBuilder html, IReadOnlyList<SubjectComparison> comparisons, DateTimeOffset earlier)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>Compared with {earlier:yyyy-MM-dd HH:mm} UTC</h2>\n");
        Table(
            html,
            ["Milliseconds", "median then", "median now", "now / then", "95 %", "p (Mann-Whitney)", "beyond noise"],
            comparisons.Select(entry => (string[])
            [
                entry.Subject, Number(entry.Comparison.MedianA, "0"), Number(entry.Comparison.MedianB, "0"), Number(entry.Comparison.Ratio, "0.00"),
                entry.Comparison.RatioInterval.ToString("0.00"), Number(entry.Comparison.P, "0.0000"), entry.Comparison.BeyondNoise ? "yes" : "no",
            ]));
    }

    private static void Table(StringBuilder html, string[] head, IEnumerable<string[]> rows)
    {
        html.Append("<div class=\"scroll\"><table><tr>").AppendJoin("", head.Select(cell => $"<th>{Text(cell)}</th>")).AppendLine("</tr>");
        foreach (var row in rows)
        {
            html.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).AppendLine("</tr>");
        }

        html.AppendLine("</table></div>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
