using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement.Plots;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Draws a bar for the median duration of each startup phase. Each bar begins where the previous bar ends.</summary>
internal static class WaterfallPlot
{
    private const int Left = 220;
    private const int Right = Plot.Width - 60;
    private const int Top = 80;
    private const int RowHeight = 34;

    private static readonly string[] Styles = ["shade5", "shade4", "shade3", "shade2", "orange"];

    public static string Draw(RunFile run)
    {
        var rows = run.Subjects.Select(subject => (subject.Name, Phases: Medians(run, subject.Name))).ToArray();
        var axis = new LinearAxis(Left, Right, rows.Max(row => row.Phases.Sum(phase => phase.Milliseconds)));
        var bottom = Top + (rows.Length * RowHeight);
        var svg = Plot.New();
        svg.Legend(Plot.Margin, 50, rows[0].Phases.Select((phase, index) => (Styles[index], phase.Name)));
        svg.Grid(axis, Top - 8, bottom, "milliseconds");
        for (var row = 0; row < rows.Length; row++)
        {
            var y = Top + (row * RowHeight);
            svg.Text(Plot.Margin, y + 17, "", rows[row].Name);
            var from = 0d;
            foreach (var (index, (name, milliseconds)) in rows[row].Phases.Index())
            {
                svg.Rectangle(
                    axis.At(from), y, Math.Max(0.5, axis.At(from + milliseconds) - axis.At(from)), 24, Styles[index],
                    tooltip: FormattableString.Invariant($"{name}: {milliseconds:0.0} ms"));
                from += milliseconds;
            }

            svg.Text(axis.At(from) + 6, y + 17, "", FormattableString.Invariant($"{from:0}"));
        }

        return svg.Finish("Median duration of each startup phase", bottom + 44);
    }

    /// <returns>The median of each phase. The sum of these medians is close to the median of the total, but not equal to it.</returns>
    private static IReadOnlyList<(string Name, double Milliseconds)> Medians(RunFile run, string subject) =>
    [
        .. run.Samples.Where(sample => sample.Subject == subject)
            .SelectMany(sample => sample.Times.Phases)
            .GroupBy(phase => phase.Name)
            .Select(group => (group.Key, Percentile.Median(group.Select(phase => phase.Milliseconds)))),
    ];
}
