using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Every start as a dot, a row for each subject, with a bar at the median and its confidence interval as a band.</summary>
internal static class StripPlot
{
    private const int Left = 220;
    private const int Right = Svg.Width - 24;
    private const int Top = 48;
    private const int RowHeight = 54;

    /// <param name="run">What is drawn.</param>
    /// <param name="earlier">Drawn beneath each row of the same name; null for none.</param>
    public static string Draw(RunFile run, RunFile? earlier = null)
    {
        var rows = run.Subjects.SelectMany(subject => Rows(subject, run, earlier)).ToArray();
        var axis = new Axis(Left, Right, rows.Max(row => row.Values.Max()));
        var bottom = Top + (rows.Length * RowHeight);
        var svg = new Svg();
        svg.Grid(axis, Top - 8, bottom, "milliseconds");
        for (var row = 0; row < rows.Length; row++)
        {
            Row(svg, axis, rows[row].Label, rows[row].Kind, rows[row].Values, Top + (row * RowHeight) + (RowHeight / 2));
        }

        return svg.Finish("Worker process start to first HTTP answer: every start, the median and its 95 % interval", bottom + 44);
    }

    private static IEnumerable<(string Label, string Kind, IReadOnlyList<double> Values)> Rows(Subject subject, RunFile run, RunFile? earlier)
    {
        yield return (subject.Name, subject.App, run.Totals(subject.Name));
        if (earlier?.Totals(subject.Name) is { Count: > 0 } before)
        {
            yield return ("earlier", "earlier", before);
        }
    }

    private static void Row(Svg svg, Axis axis, string label, string kind, IReadOnlyList<double> values, double middle)
    {
        var summary = Summary.Of(values);
        svg.Text(12, middle + 4, "", label);
        var (low, high) = (axis.At(summary.MedianInterval.Low), axis.At(summary.MedianInterval.High));
        svg.Line($"""<rect class="{kind}" fill-opacity=".25" x="{low:0.#}" y="{middle - 16:0.#}" width="{high - low:0.#}" height="32"/>""");
        for (var i = 0; i < values.Count; i++)
        {
            // Dots of equal times would hide each other; their order spreads them.
            svg.Line($"""<circle class="{kind}" fill-opacity=".6" cx="{axis.At(values[i]):0.#}" cy="{middle + (((i % 5) - 2) * 5):0.#}" r="3.5"/>""");
        }

        svg.Line($"""<line class="median" x1="{axis.At(summary.Median):0.#}" x2="{axis.At(summary.Median):0.#}" y1="{middle - 16:0.#}" y2="{middle + 16:0.#}"/>""");
        svg.Text(axis.At(summary.Median), middle - 19, "middle", FormattableString.Invariant($"{summary.Median:0}"));
    }
}
