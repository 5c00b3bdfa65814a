using System.Text;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Draws a panel a scenario and a row a policy: a line from the median to the 99th percentile, on a logarithmic scale that all panels
/// share. The colours follow the viewer's light or dark scheme.
/// </summary>
internal static class LatencyPlot
{
    private const int Width = 900;
    private const int AxisLeft = 210;
    private const int AxisWidth = 560;
    private const int RowHeight = 22;
    private const int PanelHeading = 34;
    private const int Top = 78;

    private const string Style = """
        <style>
          svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --edge: #d1d9e0; --line: #7db3e0; --dot: #12548f; --best: #1a7f37; }
          @media (prefers-color-scheme: dark) {
            svg { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --edge: #3d444d; --line: #2463a3; --dot: #a5d3ff; --best: #3fb950; }
          }
          text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
          .title { font-size: 17px; font-weight: 600; } .panel { font-size: 14px; font-weight: 600; } .faint { fill: var(--faint); }
          .end { text-anchor: end; } .middle { text-anchor: middle; } .paper { fill: var(--paper); } .grid { stroke: var(--edge); }
          .line { stroke: var(--line); stroke-width: 6; stroke-linecap: round; } .dot { fill: var(--dot); } .best { fill: var(--best); font-weight: 600; }
        </style>
        """;

    public static string Draw(IReadOnlyList<PolicyResult> results)
    {
        var scenarios = results.GroupBy(result => result.Scenario).ToList();
        var (low, high) = (results.Min(result => result.Percentile(0.5, ofCheap: true)), results.Max(result => result.Percentile(0.99, ofCheap: true)));
        var (from, to) = (Math.Floor(Math.Log10(low) * 4) / 4, Math.Ceiling(Math.Log10(high) * 4) / 4);
        var height = Top + scenarios.Sum(scenario => PanelHeading + (scenario.Count() * RowHeight) + 24);
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img">""");
        Line(svg, $"<title>Latency under {results.Select(result => result.Policy).Distinct().Count()} balancing policies</title>");
        svg.AppendLine(Style);
        Line(svg, $"""<rect class="paper" width="{Width}" height="{height}"/>""");
        Text(svg, 24, 30, "title", "Latency of cheap requests by balancing policy");
        Text(svg, 24, 50, "faint", "From the median (left dot) to the 99th percentile (right dot), milliseconds, logarithmic. Green: lowest 99th percentile.");
        var top = Top;
        foreach (var scenario in scenarios)
        {
            Text(svg, 24, top + 16, "panel", FormattableString.Invariant($"{scenario.Key.Name}, {scenario.Key.Rate:0} requests a second"));
            var rows = top + PanelHeading;
            var bottom = rows + (scenario.Count() * RowHeight);
            foreach (var tick in Ticks(from, to))
            {
                Line(svg, $"""<line class="grid" x1="{X(tick):0.0}" y1="{rows - 6}" x2="{X(tick):0.0}" y2="{bottom}"/>""");
                Text(svg, X(tick), bottom + 14, "faint middle", FormattableString.Invariant($"{tick:0}"));
            }

            var best = scenario.Min(result => result.Percentile(0.99, ofCheap: true));
            foreach (var (index, result) in scenario.Index())
            {
                var y = rows + (index * RowHeight) + (RowHeight / 2) - 3;
                var (p50, p99) = (result.Percentile(0.5, ofCheap: true), result.Percentile(0.99, ofCheap: true));
                Text(svg, AxisLeft - 12, y + 4, "end", PolicyNames.Of(result.Policy));
                Line(svg, $"""<line class="line" x1="{X(p50):0.0}" y1="{y}" x2="{X(p99):0.0}" y2="{y}"/>""");
                Line(svg, $"""<circle class="dot" cx="{X(p50):0.0}" cy="{y}" r="4"/><circle class="dot" cx="{X(p99):0.0}" cy="{y}" r="4"/>""");
                Text(svg, AxisLeft + AxisWidth + 16, y + 4, p99 <= best ? "best" : "", FormattableString.Invariant($"{p50:0} … {p99:0}"));
            }

            top = bottom + 24;
        }

        return svg.AppendLine("</svg>").ToString();

        double X(double milliseconds) => AxisLeft + (AxisWidth * (Math.Log10(milliseconds) - from) / (to - from));
    }

    private static IEnumerable<double> Ticks(double low, double high) =>
        from power in Enumerable.Range(0, 6)
        from digit in (int[])[1, 2, 5]
        let tick = digit * Math.Pow(10, power)
        where Math.Log10(tick) >= low && Math.Log10(tick) <= high
        select tick;

    private static void Text(StringBuilder svg, double x, double y, string style, string text) =>
        Line(svg, $"""<text x="{x:0.0}" y="{y:0.0}" class="{style}">{text}</text>""");

    private static void Line(StringBuilder svg, FormattableString line) => svg.AppendLine(FormattableString.Invariant(line));
}
