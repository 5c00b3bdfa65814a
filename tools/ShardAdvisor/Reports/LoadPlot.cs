using System.Globalization;
using System.Net;
using System.Text;
using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>
/// Draws a replay as SVG: a panel a key, a row a physical partition, time to the right, the colour how near the busiest second came to
/// what the partition may spend; and at the right how full each partition is. The colours follow the viewer's light or dark scheme.
/// </summary>
internal static class LoadPlot
{
    private const int Width = 960;
    private const int Left = 24;
    private const int MapWidth = 640;
    private const int BarLeft = Left + MapWidth + 28;
    private const int BarWidth = 150;
    private const int PanelsTop = 96;
    private const int PanelHeading = 40;
    private const int PanelGap = 26;
    private const int TallestRow = 16;
    private const int TallestMap = 160;

    /// <summary>A row with more than this many neighbours gets no label: they would overlap.</summary>
    private const int MostLabels = 12;

    private const int MonthLabelWidth = 64;

    private const string Style = """
        <style>
          svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --edge: #d1d9e0; --bar: #6e7781; --hot: #d1242f;
                --l0: #f6f8fa; --l1: #dcebf8; --l2: #b3d3ef; --l3: #7db3e0; --l4: #3f87c4; --l5: #12548f; }
          @media (prefers-color-scheme: dark) {
            svg { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --edge: #3d444d; --bar: #848d97; --hot: #ff6b62;
                  --l0: #161b22; --l1: #1a3350; --l2: #1d4874; --l3: #2463a3; --l4: #4a90d9; --l5: #a5d3ff; }
          }
          text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
          .title { font-size: 17px; font-weight: 600; } .key { font-size: 14px; font-weight: 600; } .faint { fill: var(--faint); }
          .end { text-anchor: end; } .middle { text-anchor: middle; } .paper { fill: var(--paper); } .edge { fill: none; stroke: var(--edge); }
          .bar { fill: var(--bar); } .hot { fill: var(--hot); }
          .l0 { fill: var(--l0); } .l1 { fill: var(--l1); } .l2 { fill: var(--l2); } .l3 { fill: var(--l3); } .l4 { fill: var(--l4); } .l5 { fill: var(--l5); }
        </style>
        """;

    /// <summary>Classes of the busiest second's share of the budget, each up to but not including the bound.</summary>
    private static readonly (double Below, string Class, string Label)[] LoadClasses =
    [
        (double.Epsilon, "l0", "none"),
        (0.01, "l1", "below 1 %"),
        (0.03, "l2", "to 3 %"),
        (0.1, "l3", "to 10 %"),
        (0.3, "l4", "to 30 %"),
        (1, "l5", "to 100 %"),
        (double.PositiveInfinity, "hot", "more: throttled"),
    ];

    public static string Draw(ReplayResult result, Advice advice)
    {
        var svg = new StringBuilder();
        var top = PanelsTop;
        for (var i = 0; i < result.Keys.Count; i++)
        {
            top = Panel(svg, result, i, top, result.Keys[i].Key == advice.Key);
        }
        var head = new StringBuilder();
        Line(head, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {top}" width="{Width}" height="{top}" role="img">""");
        Line(head, $"<title>Load of physical partitions under {result.Keys.Count} partition keys</title>");
        head.AppendLine(Style);
        Line(head, $"""<rect class="paper" width="{Width}" height="{top}"/>""");
        Text(head, Left, 30, "title", FormattableString.Invariant(
            $"{result.Operations:#,0} operations, {result.RequestUnits:#,0} RU/s: busiest second of each physical partition"));
        Text(head, Left, 50, "faint", "A row is a physical partition. The colour is the busiest second's share of what the partition may spend in a second:");
        Legend(head);
        Text(head, BarLeft, 76, "faint", "stored, of 50 GB");
        return head.Append(svg).AppendLine("</svg>").ToString();
    }

    private static void Legend(StringBuilder svg)
    {
        var x = Left;
        foreach (var (_, kind, label) in LoadClasses)
        {
            Line(svg, $"""<rect class="{kind}" x="{x}" y="65" width="14" height="14"/><rect class="edge" x="{x}.5" y="65.5" width="13" height="13"/>""");
            Text(svg, x + 20, 76, "faint", label);
            x += 34 + 7 * label.Length;
        }
    }

    /// <returns>Where the next panel starts.</returns>
    private static int Panel(StringBuilder svg, ReplayResult result, int index, int top, bool advised)
    {
        var (figures, timeline) = (result.Keys[index], result.Timelines[index]);
        var rows = timeline.Load.Rows;
        var row = Math.Min(TallestRow, TallestMap / (double)rows.Count);
        var height = row * rows.Count;
        Text(svg, Left, top + 14, "key", figures.Key + (advised ? " (advised)" : ""));
        Text(svg, Left, top + 31, figures.Overflows ? "hot" : "faint", FormattableString.Invariant(
            $"max/mean {figures.MaxToMean:0.00}, throttled {figures.ThrottledShare:0.###%}, largest logical partition {figures.LargestShareOfLimit:0.##%} of 20 GB"));
        var mapTop = top + PanelHeading;
        var scale = MapWidth / (double)timeline.Load.Intervals;
        for (var kind = 0; kind < LoadClasses.Length; kind++)
        {
            Cells(svg, kind, timeline.Load, mapTop, row, scale);
        }
        Line(svg, $"""<rect class="edge" x="{Left - 0.5}" y="{mapTop - 0.5}" width="{MapWidth + 1}" height="{height + 1:0.##}"/>""");
        Bars(svg, timeline.StoredBytes, mapTop, row);
        Months(svg, result, timeline.Load, mapTop + height + 15);
        return (int)Math.Ceiling(mapTop + height + PanelGap);
    }

    /// <summary>All cells of one class in one path: neighbours in time are one rectangle.</summary>
    private static void Cells(StringBuilder svg, int kind, LoadTimeline load, int mapTop, double row, double scale)
    {
        var path = new StringBuilder();
        for (var index = 0; index < load.Rows.Count; index++)
        {
            var cells = load.Rows[index].AsSpan(0, load.Intervals);
            for (var start = 0; start < cells.Length; start++)
            {
                var end = start;
                while (end < cells.Length && ClassOf(cells[end]) == kind)
                {
                    end++;
                }
                if (end > start)
                {
                    path.Append(CultureInfo.InvariantCulture,
                        $"M{Left + start * scale:0.##} {mapTop + index * row:0.##}h{(end - start) * scale:0.##}v{Math.Max(0.5, row - 1):0.##}h{(start - end) * scale:0.##}z");
                    start = end;
                }
            }
        }
        if (path.Length > 0)
        {
            Line(svg, $"""<path class="{LoadClasses[kind].Class}" d="{path}"/>""");
        }
    }

    /// <returns>-1 for a partition that did not exist yet.</returns>
    private static int ClassOf(float share) => float.IsNaN(share) ? -1 : Array.FindIndex(LoadClasses, kind => share < kind.Below);

    private static void Bars(StringBuilder svg, IReadOnlyList<double> stored, int mapTop, double row)
    {
        for (var index = 0; index < stored.Count; index++)
        {
            var share = stored[index] / CosmosLimits.PhysicalPartitionBytes;
            var y = mapTop + index * row;
            Line(svg, $"""<rect class="{(share > 1 ? "hot" : "bar")}" x="{BarLeft}" y="{y:0.##}" width="{BarWidth * Math.Min(1, share):0.##}" height="{Math.Max(0.5, row - 1):0.##}"/>""");
            if (stored.Count <= MostLabels)
            {
                Text(svg, BarLeft + BarWidth + 10, y + row / 2 + 4, "faint", ReportText.Size(stored[index]));
            }
        }
        Line(svg, $"""<rect class="edge" x="{BarLeft - 0.5}" y="{mapTop - 0.5}" width="{BarWidth + 1}" height="{row * stored.Count + 1:0.##}"/>""");
    }

    private static void Months(StringBuilder svg, ReplayResult result, LoadTimeline load, double y)
    {
        var seconds = (double)load.SecondsPerInterval * load.Intervals;
        var first = Orders.Month.Of(load.Start);
        var last = Orders.Month.Of(result.To.ToUnixTimeSeconds());
        var step = (int)Math.Ceiling((last - first + 1) * MonthLabelWidth / (double)MapWidth);
        for (var month = first; month <= last; month += step)
        {
            var start = Math.Max(load.Start, Orders.Month.Start(month));
            var x = Left + MapWidth * (start - load.Start) / seconds;
            Text(svg, x, y, "faint", $"{month / 12}-{month % 12 + 1:00}");
        }
    }

    private static void Text(StringBuilder svg, double x, double y, string kind, string text) =>
        Line(svg, $"""<text class="{kind}" x="{x:0.##}" y="{y:0.##}">{WebUtility.HtmlEncode(text)}</text>""");

    private static void Line(StringBuilder svg, FormattableString line) =>
        svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
