using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement.Plots;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>
/// Draws one row per subject. The row has a dot for each start, a bar at the median, and a band for the median's confidence interval.
/// </summary>
internal static class StripPlot
{
    private const int Left = 220;
    private const int Right = Plot.Width - 24;
    private const int Top = 48;
    private const int RowHeight = 54;

    /// <param name="run">The measurement.</param>
    /// <param name="earlier">
    /// An earlier measurement, whose subjects are drawn below the rows with the same name; null for no comparison.
    /// </param>
    public static string Draw(RunFile run, RunFile? earlier = null)
    {
        var rows = run.Subjects.SelectMany(subject => Rows(subject, run, earlier)).ToArray();
        var axis = new LinearAxis(Left, Right, rows.Max(row => row.Values.Max()));
        var bottom = Top + (rows.Length * RowHeight);
        var svg = Plot.New();
        svg.Grid(axis, Top - 8, bottom, "milliseconds");
        for (var row = 0; row < rows.Length; row++)
        {
            Row(svg, axis, rows[row].Label, rows[row].Style, rows[row].Values, Top + (row * RowHeight) + (RowHeight / 2));
        }

        return svg.Finish("Process start to first HTTP response: every start, the median and its 95 % interval", bottom + 44);
    }

    private static IEnumerable<(string Label, string Style, IReadOnlyList<double> Values)> Rows(Subject subject, RunFile run, RunFile? earlier)
    {
        yield return (subject.Name, subject.App == MeasuredApp.Shop.Name ? "blue" : "orange", run.Totals(subject.Name));
        if (earlier?.Totals(subject.Name) is { Count: > 0 } before)
        {
            yield return ("earlier", "purple", before);
        }
    }

    private static void Row(SvgPlot svg, LinearAxis axis, string label, string style, IReadOnlyList<double> values, double middle)
    {
        var summary = Summary.Of(values);
        svg.Text(Plot.Margin, middle + 4, "", label);
        var (low, high) = (axis.At(summary.MedianInterval.Low), axis.At(summary.MedianInterval.High));
        svg.Rectangle(low, middle - 16, high - low, 32, style, opacity: 0.25);
        for (var i = 0; i < values.Count; i++)
        {
            // Consecutive starts are drawn at different heights. Otherwise, dots with equal times would cover each other.
            svg.Circle(axis.At(values[i]), middle + (((i % 5) - 2) * 5), 3.5, style, opacity: 0.6);
        }

        svg.Line(axis.At(summary.Median), middle - 16, axis.At(summary.Median), middle + 16, "line");
        svg.Text(axis.At(summary.Median), middle - 19, "middle", FormattableString.Invariant($"{summary.Median:0}"));
    }
}
