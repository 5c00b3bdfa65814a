using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Where a start goes: each phase's median as a bar that begins where the one before it ends.</summary>
internal static class WaterfallPlot
{
    private const int Left = 220;
    private const int Right = Svg.Width - 60;
    private const int Top = 80;
    private const int RowHeight = 34;

    public static string Draw(RunFile run)
    {
        var rows = run.Subjects.Select(subject => (subject.Name, Phases: Medians(run, subject.Name))).ToArray();
        var axis = new Axis(Left, Right, rows.Max(row => row.Phases.Sum(phase => phase.Milliseconds)));
        var bottom = Top + (rows.Length * RowHeight);
        var svg = new Svg();
        Legend(svg, rows[0].Phases);
        svg.Grid(axis, Top - 8, bottom, "milliseconds");
        for (var row = 0; row < rows.Length; row++)
        {
            var y = Top + (row * RowHeight);
            svg.Text(12, y + 17, "", rows[row].Name);
            var from = 0d;
            for (var phase = 0; phase < rows[row].Phases.Count; phase++)
            {
                var milliseconds = rows[row].Phases[phase].Milliseconds;
                svg.Line($"""<rect class="p{phase}" x="{axis.At(from):0.#}" y="{y}" width="{Math.Max(0.5, axis.At(from + milliseconds) - axis.At(from)):0.#}" height="24"><title>{rows[row].Phases[phase].Name}: {milliseconds:0.0} ms</title></rect>""");
                from += milliseconds;
            }

            svg.Text(axis.At(from) + 6, y + 17, "", FormattableString.Invariant($"{from:0}"));
        }

        return svg.Finish("Where the time goes: the median of each phase", bottom + 44);
    }

    /// <summary>Their sum is near the median of the whole, not equal to it.</summary>
    public static IReadOnlyList<(string Name, double Milliseconds)> Medians(RunFile run, string subject) =>
    [
        .. run.Samples.Where(sample => sample.Subject == subject)
            .SelectMany(sample => sample.Times.Phases)
            .GroupBy(phase => phase.Name)
            .Select(group => (group.Key, Percentile.Median([.. group.Select(phase => phase.Milliseconds).Order()]))),
    ];

    private static void Legend(Svg svg, IReadOnlyList<(string Name, double Milliseconds)> phases)
    {
        var x = 12d;
        for (var phase = 0; phase < phases.Count; phase++)
        {
            svg.Line($"""<rect class="p{phase}" x="{x:0.#}" y="40" width="12" height="12"/>""");
            svg.Text(x + 18, 50, "faint", phases[phase].Name);
            x += 38 + (phases[phase].Name.Length * 6.2);
        }
    }
}
