using System.Text;

namespace ServerlessScale.Bench.Burst;

/// <summary>
/// Draws a burst as three panels over one time axis: instances, what waits, and each request's latency. The colours follow the viewer's
/// light or dark scheme.
/// </summary>
internal static class BurstPlot
{
    private const int Width = 900;
    private const int Left = 70;
    private const int PlotWidth = 790;
    private const int PanelHeight = 120;
    private const int PanelStep = 176;
    private const int Top = 84;

    private const string Style = """
        <style>
          svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --edge: #d1d9e0; --a: #12548f; --b: #bc4c00; --cold: #d1242f; --band: #f6f8fa; }
          @media (prefers-color-scheme: dark) {
            svg { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --edge: #3d444d; --a: #79b8f0; --b: #f0883e; --cold: #ff6b62; --band: #161b22; }
          }
          text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
          .title { font-size: 17px; font-weight: 600; } .faint { fill: var(--faint); } .end { text-anchor: end; } .middle { text-anchor: middle; }
          .paper { fill: var(--paper); } .band { fill: var(--band); } .grid { stroke: var(--edge); } .la { stroke: var(--a); } .lb { stroke: var(--b); }
          .la, .lb { fill: none; stroke-width: 2; } .fa { fill: var(--a); } .fb { fill: var(--b); } .cold { fill: var(--cold); }
        </style>
        """;

    public static string Draw(BurstRecord record)
    {
        var end = Math.Ceiling(record.Samples.Max(sample => sample.At).TotalSeconds / 10) * 10;
        var height = Top + (3 * PanelStep) - 20;
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img">""");
        Line(svg, $"<title>A burst from zero: instances, queue, latency</title>");
        svg.AppendLine(Style);
        Line(svg, $"""<rect class="paper" width="{Width}" height="{height}"/>""");
        Text(svg, 24, 30, "title", "A burst to a shop that has scaled to zero");
        Text(svg, 24, 50, "faint", FormattableString.Invariant($"{record.Answers.Count} requests in the shaded {record.Duration.TotalSeconds:0} s, seconds to the right."));

        var instances = Math.Max(1, record.Samples.Max(sample => sample.Scale.Wanted));
        Panel(0, "instances: ready (blue), wanted (orange)", instances, "0");
        Steps(0, "lb", instances, sample => sample.Wanted);
        Steps(0, "la", instances, sample => sample.Ready);

        var most = Math.Max(1, record.Samples.Max(sample => Math.Max(sample.Scale.Messages, sample.Scale.Requests)));
        Panel(1, "messages in queues (blue), requests without an answer (orange)", most, "0");
        Steps(1, "lb", most, sample => sample.Requests);
        Steps(1, "la", most, sample => sample.Messages);

        var (low, high) = (Exponent(record.Answers.Min(answer => answer.Latency), Math.Floor), Exponent(record.Answers.Max(answer => answer.Latency), Math.Ceiling));
        Panel(2, "latency: reads (blue), uploads (orange), the first of a process (red); logarithmic", Math.Pow(10, high), Latency(low), Latency(high));
        for (var decade = low + 1; decade < high; decade++)
        {
            var y = Y(2, (decade - low) / (high - low));
            Line(svg, $"""<line class="grid" x1="{Left}" y1="{y:0.0}" x2="{Left + PlotWidth}" y2="{y:0.0}"/>""");
            Text(svg, Left - 8, y + 4, "faint end", Latency(decade));
        }

        foreach (var answer in record.Answers.OrderBy(answer => answer.IsCold))
        {
            var y = Y(2, (Math.Log10(answer.Latency.TotalMilliseconds) - low) / (high - low));
            var style = answer.IsCold ? "cold" : answer.IsUpload ? "fb" : "fa";
            Line(svg, $"""<circle class="{style}" cx="{X(answer.Due):0.0}" cy="{y:0.0}" r="{(answer.IsCold ? 4 : 2)}"/>""");
        }

        return svg.AppendLine("</svg>").ToString();

        double X(TimeSpan at) => Left + (PlotWidth * Math.Min(1, at.TotalSeconds / end));

        void Panel(int index, string heading, double highest, string lowLabel, string? highLabel = null)
        {
            var (top, bottom) = (Y(index, 1), Y(index, 0));
            Line(svg, $"""<rect class="band" x="{Left}" y="{top}" width="{X(record.Duration) - Left:0.0}" height="{PanelHeight}"/>""");
            Text(svg, Left, top - 10, "", heading);
            for (var second = 0; second <= end; second += 10)
            {
                var x = X(TimeSpan.FromSeconds(second));
                Line(svg, $"""<line class="grid" x1="{x:0.0}" y1="{top}" x2="{x:0.0}" y2="{bottom}"/>""");
                Text(svg, x, bottom + 16, "faint middle", FormattableString.Invariant($"{second}"));
            }

            Line(svg, $"""<line class="grid" x1="{Left}" y1="{bottom}" x2="{Left + PlotWidth}" y2="{bottom}"/>""");
            Text(svg, Left - 8, bottom + 4, "faint end", lowLabel);
            Text(svg, Left - 8, top + 4, "faint end", highLabel ?? FormattableString.Invariant($"{highest:0}"));
        }

        void Steps(int index, string style, double highest, Func<Local.Scaling.ScaleSample, int> of)
        {
            var path = new StringBuilder();
            double? before = null;
            foreach (var sample in record.Samples)
            {
                var (x, y) = (X(sample.At), Y(index, of(sample.Scale) / highest));
                path.Append(FormattableString.Invariant($"{(before is null ? "M" : "L")}{x:0.0} {before ?? y:0.0} L{x:0.0} {y:0.0} "));
                before = y;
            }

            Line(svg, $"""<path class="{style}" d="{path}"/>""");
        }
    }

    private static double Y(int panel, double share) => Top + (panel * PanelStep) + 20 + (PanelHeight * (1 - share));

    private static double Exponent(TimeSpan latency, Func<double, double> round) => round(Math.Log10(latency.TotalMilliseconds));

    private static string Latency(double exponent) => exponent < 3
        ? FormattableString.Invariant($"{Math.Pow(10, exponent):0.###} ms")
        : FormattableString.Invariant($"{Math.Pow(10, exponent - 3):0} s");

    private static void Text(StringBuilder svg, double x, double y, string style, string text) =>
        Line(svg, $"""<text x="{x:0.0}" y="{y:0.0}" class="{style}">{text}</text>""");

    private static void Line(StringBuilder svg, FormattableString line) => svg.AppendLine(FormattableString.Invariant(line));
}
