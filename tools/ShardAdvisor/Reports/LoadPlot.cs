using System.Globalization;
using System.Text;
using ServerlessScale.Measurement.Plots;
using ServerlessScale.ShardAdvisor.Cosmos;
using ServerlessScale.ShardAdvisor.Replay;

namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>
/// Draws a panel for each key. Each panel has a row for each physical partition. The horizontal axis shows time. The colour shows the load
/// of the busiest second as a fraction of the partition's budget. Bars on the right show how full each partition is.
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

    /// <summary>The maximum number of rows in a panel with row labels. With more rows, the labels would overlap.</summary>
    private const int MostLabels = 12;

    private const int MonthLabelWidth = 64;

    /// <summary>
    /// The classes of load, each with its colour and label. A load belongs to the first class whose upper bound is greater than the load.
    /// The bounds are fractions of the budget.
    /// </summary>
    private static readonly (double Below, string Style, string Label)[] Classes =
    [
        (double.Epsilon, "shade0", "none"),
        (0.01, "shade1", "below 1 %"),
        (0.03, "shade2", "to 3 %"),
        (0.1, "shade3", "to 10 %"),
        (0.3, "shade4", "to 30 %"),
        (1, "shade5", "to 100 %"),
        (double.PositiveInfinity, "red", "more: throttled"),
    ];

    public static string Draw(ReplayResult result, Advice advice)
    {
        var svg = new SvgPlot(Width, Left);
        svg.Text(
            Left, 50, "faint",
            "Each row is a physical partition. The colour shows the load of the busiest second as a fraction of the partition's budget:");
        svg.Legend(Left, 76, Classes.Select(each => (each.Style, each.Label)));
        svg.Text(BarLeft, 76, "faint", "stored, of 50 GB");
        var top = PanelsTop;
        for (var i = 0; i < result.Keys.Count; i++)
        {
            top = Panel(svg, result, i, top, result.Keys[i].Key == advice.Key);
        }

        return svg.Finish(
            FormattableString.Invariant($"{result.Operations:#,0} operations, {result.RequestUnits:#,0} RU/s: busiest second of each physical partition"), top);
    }

    /// <returns>The top edge of the next panel.</returns>
    private static int Panel(SvgPlot svg, ReplayResult result, int index, int top, bool advised)
    {
        var (figures, timeline) = (result.Keys[index], result.Timelines[index]);
        var rows = timeline.Load.Rows;
        var row = Math.Min(TallestRow, TallestMap / (double)rows.Count);
        var height = row * rows.Count;
        svg.Text(Left, top + 14, "heading", figures.Key + (advised ? " (advised)" : ""));
        svg.Text(Left, top + 31, figures.Overflows ? "red" : "faint", FormattableString.Invariant(
            $"max/mean {figures.MaxToMean:0.00}, throttled {figures.ThrottledShare:0.###%}, largest logical partition {figures.LargestShareOfLimit:0.##%} of 20 GB"));
        var mapTop = top + PanelHeading;
        var scale = MapWidth / (double)timeline.Load.Intervals;
        for (var kind = 0; kind < Classes.Length; kind++)
        {
            Cells(svg, kind, timeline.Load, mapTop, row, scale);
        }

        svg.Frame(Left, mapTop, MapWidth, height);
        Bars(svg, timeline.StoredBytes, mapTop, row);
        Months(svg, result, timeline.Load, mapTop + height + 15);
        return (int)Math.Ceiling(mapTop + height + PanelGap);
    }

    /// <summary>
    /// Draws all cells of one class as a single path. Merges neighbouring intervals into one rectangle, to reduce the file size.
    /// </summary>
    private static void Cells(SvgPlot svg, int kind, LoadTimeline load, int mapTop, double row, double scale)
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
                    path.Append(
                        CultureInfo.InvariantCulture,
                        $"M{Left + start * scale:0.##} {mapTop + index * row:0.##}h{(end - start) * scale:0.##}v{Math.Max(0.5, row - 1):0.##}h{(start - end) * scale:0.##}z");
                    start = end;
                }
            }
        }

        if (path.Length > 0)
        {
            svg.Path(Classes[kind].Style, path.ToString());
        }
    }

    /// <returns>The index of the class, or -1 for an interval before the partition existed.</returns>
    private static int ClassOf(float share) => float.IsNaN(share) ? -1 : Array.FindIndex(Classes, each => share < each.Below);

    private static void Bars(SvgPlot svg, IReadOnlyList<double> stored, int mapTop, double row)
    {
        for (var index = 0; index < stored.Count; index++)
        {
            var share = stored[index] / CosmosLimits.PhysicalPartitionBytes;
            var y = mapTop + index * row;
            svg.Rectangle(BarLeft, y, BarWidth * Math.Min(1, share), Math.Max(0.5, row - 1), share > 1 ? "red" : "gray");
            if (stored.Count <= MostLabels)
            {
                svg.Text(BarLeft + BarWidth + 10, y + row / 2 + 4, "faint", ReportText.Size(stored[index]));
            }
        }

        svg.Frame(BarLeft, mapTop, BarWidth, row * stored.Count);
    }

    private static void Months(SvgPlot svg, ReplayResult result, LoadTimeline load, double y)
    {
        var seconds = (double)load.SecondsPerInterval * load.Intervals;
        var first = Orders.Month.Of(load.Start);
        var last = Orders.Month.Of(result.To.ToUnixTimeSeconds());
        var step = (int)Math.Ceiling((last - first + 1) * MonthLabelWidth / (double)MapWidth);
        for (var month = first; month <= last; month += step)
        {
            var start = Math.Max(load.Start, Orders.Month.Start(month));
            var x = Left + MapWidth * (start - load.Start) / seconds;
            svg.Text(x, y, "faint", $"{month / 12}-{month % 12 + 1:00}");
        }
    }
}
