using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement.Plots;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Draws a panel for each scenario. Each panel has a row for each policy, which shows a line from the median to the 99th percentile. All
/// panels share one logarithmic axis.
/// </summary>
internal static class LatencyPlot
{
    private const int Width = 900;
    private const int AxisLeft = 210;
    private const int AxisWidth = 560;
    private const int RowHeight = 22;
    private const int PanelHeading = 34;
    private const int PanelGap = 24;
    private const int Top = 78;

    public static string Draw(IReadOnlyList<PolicyResult> results)
    {
        var axis = new LogarithmicAxis(
            AxisLeft, AxisLeft + AxisWidth, results.Min(result => result.Percentile(0.5, onlyCheap: true)),
            results.Max(result => result.Percentile(0.99, onlyCheap: true)), stepsPerDecade: 4);
        var svg = new SvgPlot(Width, margin: 24);
        svg.Text(24, 50, "faint", "From the median (left dot) to the 99th percentile (right dot), milliseconds, logarithmic. Green: lowest 99th percentile.");
        var top = Top;
        foreach (var scenario in results.GroupBy(result => result.Scenario))
        {
            svg.Text(24, top + 16, "heading", FormattableString.Invariant($"{scenario.Key.Name}, {scenario.Key.Rate:0} requests per second"));
            top = Panel(svg, axis, [.. scenario], top + PanelHeading) + PanelGap;
        }

        return svg.Finish("Latency of cheap requests by balancing policy", top);
    }

    /// <returns>The bottom edge of the panel.</returns>
    private static int Panel(SvgPlot svg, LogarithmicAxis axis, PolicyResult[] results, int top)
    {
        var bottom = top + (results.Length * RowHeight);
        foreach (var tick in axis.Ticks(1, 2, 5))
        {
            svg.Line(axis.At(tick), top - 6, axis.At(tick), bottom, "grid");
            svg.Text(axis.At(tick), bottom + 14, "faint middle", FormattableString.Invariant($"{tick:0}"));
        }

        var best = results.Min(result => result.Percentile(0.99, onlyCheap: true));
        foreach (var (index, result) in results.Index())
        {
            var y = top + (index * RowHeight) + (RowHeight / 2) - 3;
            var (p50, p99) = (result.Percentile(0.5, onlyCheap: true), result.Percentile(0.99, onlyCheap: true));
            svg.Text(AxisLeft - 12, y + 4, "end", result.Name);
            svg.Line(axis.At(p50), y, axis.At(p99), y, "line thick shade3");
            svg.Circle(axis.At(p50), y, 4, "shade5");
            svg.Circle(axis.At(p99), y, 4, "shade5");
            svg.Text(AxisLeft + AxisWidth + 16, y + 4, p99 <= best ? "green bold" : "", FormattableString.Invariant($"{p50:0} … {p99:0}"));
        }

        return bottom;
    }
}
