using System.Globalization;
using System.Net;
using System.Text;

namespace ServerlessScale.Measurement.Plots;

/// <summary>
/// An SVG drawing. Its colours are CSS variables that follow the reader's light or dark scheme, and it loads nothing, so that it can
/// stand in a README as well as in an HTML page.
/// </summary>
/// <param name="width">In pixels.</param>
/// <param name="margin">The distance of the title from the left edge, in pixels.</param>
public sealed class SvgPlot(int width, int margin)
{
    /// <summary>
    /// The one palette of all plots. A class that is named after a colour fills; with <c>line</c> beside it, it strokes. The shades
    /// run from the colour of an empty field (<c>shade0</c>) to the strongest blue (<c>shade5</c>).
    /// </summary>
    private const string Style = """
        <style>
          .plot { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d1d9e0; --gray: #6e7781;
                  --blue: #0969da; --orange: #bc4c00; --purple: #8250df; --red: #d1242f; --green: #1a7f37;
                  --shade0: #f6f8fa; --shade1: #dcebf8; --shade2: #b3d3ef; --shade3: #7db3e0; --shade4: #3f87c4; --shade5: #12548f; }
          @media (prefers-color-scheme: dark) {
            .plot { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --grid: #3d444d; --gray: #848d97;
                    --blue: #58a6ff; --orange: #f0883e; --purple: #bc8cff; --red: #ff6b62; --green: #3fb950;
                    --shade0: #161b22; --shade1: #1a3350; --shade2: #1d4874; --shade3: #2463a3; --shade4: #4a90d9; --shade5: #a5d3ff; }
          }
          .plot text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
          .plot .title { font-size: 16px; font-weight: 600; } .plot .heading { font-size: 14px; font-weight: 600; } .plot .bold { font-weight: 600; }
          .plot .end { text-anchor: end; } .plot .middle { text-anchor: middle; }
          .plot .faint { fill: var(--faint); } .plot .paper { fill: var(--paper); } .plot .gray { fill: var(--gray); }
          .plot .blue { fill: var(--blue); } .plot .orange { fill: var(--orange); } .plot .purple { fill: var(--purple); }
          .plot .red { fill: var(--red); } .plot .green { fill: var(--green); }
          .plot .shade0 { fill: var(--shade0); } .plot .shade1 { fill: var(--shade1); } .plot .shade2 { fill: var(--shade2); }
          .plot .shade3 { fill: var(--shade3); } .plot .shade4 { fill: var(--shade4); } .plot .shade5 { fill: var(--shade5); }
          .plot .grid { fill: none; stroke: var(--grid); } .plot .line { fill: none; stroke: var(--ink); stroke-width: 2; }
          .plot .line.blue { stroke: var(--blue); } .plot .line.orange { stroke: var(--orange); } .plot .line.shade5 { stroke: var(--shade5); }
          .plot .line.shade3 { stroke: var(--shade3); } .plot .thick { stroke-width: 6; stroke-linecap: round; }
        </style>
        """;

    private readonly StringBuilder _body = new();

    public int Width => width;

    /// <param name="style">Classes of the palette, separated by blanks, such as <c>faint end</c>.</param>
    public void Text(double x, double y, string style, string text) =>
        Append($"""<text class="{style}" x="{x:0.##}" y="{y:0.##}">{WebUtility.HtmlEncode(text)}</text>""");

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Append($"""<line class="{style}" x1="{x1:0.##}" y1="{y1:0.##}" x2="{x2:0.##}" y2="{y2:0.##}"/>""");

    /// <param name="opacity">0 (invisible) to 1 (opaque).</param>
    /// <param name="tooltip">A text that a browser shows over the rectangle; null for none.</param>
    public void Rectangle(double x, double y, double width, double height, string style, double opacity = 1, string? tooltip = null)
    {
        var end = tooltip is null ? "/>" : $"><title>{WebUtility.HtmlEncode(tooltip)}</title></rect>";
        Append($"""<rect class="{style}"{Opacity(opacity)} x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}"{end}""");
    }

    /// <summary>An outline of one pixel, drawn half a pixel outside of the area so that it does not cover the area.</summary>
    public void Frame(double x, double y, double width, double height) => Rectangle(x - 0.5, y - 0.5, width + 1, height + 1, "grid");

    public void Circle(double x, double y, double radius, string style, double opacity = 1) =>
        Append($"""<circle class="{style}"{Opacity(opacity)} cx="{x:0.##}" cy="{y:0.##}" r="{radius:0.##}"/>""");

    /// <param name="data">As the attribute <c>d</c> of an SVG path.</param>
    public void Path(string style, string data) => Append($"""<path class="{style}" d="{data}"/>""");

    /// <summary>A line through all points.</summary>
    public void Polyline(string style, IEnumerable<(double X, double Y)> points) => Path(style, "M" + string.Join('L', points.Select(Pair)));

    /// <summary>A line that keeps its height until the next point, for values that hold until they change.</summary>
    public void Steps(string style, IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        double? before = null;
        foreach (var (x, y) in points)
        {
            path.Append(before is { } height ? $"L{Pair((x, height))}L{Pair((x, y))}" : $"M{Pair((x, y))}");
            before = y;
        }

        Path(style, path.ToString());
    }

    /// <summary>Lines across the plot at an axis' ticks, the values below them, and the unit at the right end.</summary>
    /// <param name="top">Where the lines begin.</param>
    /// <param name="bottom">Where the lines end.</param>
    public void Grid(LinearAxis axis, double top, double bottom, string unit)
    {
        foreach (var tick in axis.Ticks)
        {
            Line(axis.At(tick), top, axis.At(tick), bottom, "grid");
            Text(axis.At(tick), bottom + 16, "faint middle", tick.ToString("0.##", CultureInfo.InvariantCulture));
        }

        Text(axis.End, bottom + 34, "faint end", unit);
    }

    /// <summary>A row of coloured squares with their labels.</summary>
    /// <param name="y">The base line of the labels.</param>
    public void Legend(double x, double y, params IEnumerable<(string Style, string Label)> entries)
    {
        foreach (var (style, label) in entries)
        {
            Rectangle(x, y - 10, 12, 12, style);
            Frame(x, y - 10, 12, 12);
            Text(x + 18, y, "faint", label);
            // The width of a text is not known here; 6.6 pixels for each character of 12 pixels is enough for all usual fonts.
            x += 34 + (label.Length * 6.6);
        }
    }

    /// <param name="title">Is shown above the drawing, and read to those who cannot see the drawing.</param>
    /// <param name="height">Of the drawing, in pixels.</param>
    public string Finish(string title, double height)
    {
        var label = WebUtility.HtmlEncode(title);
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:0}" width="{width}" height="{height:0}" role="img" aria-label="{label}">
            {Style}
            <rect class="paper" width="{width}" height="{height:0}"/>
            <text class="title" x="{margin}" y="28">{label}</text>
            {_body}</svg>

            """);
    }

    private static string Opacity(double opacity) => opacity < 1 ? FormattableString.Invariant($" fill-opacity=\"{opacity:0.##}\"") : "";

    private static string Pair((double X, double Y) point) => FormattableString.Invariant($"{point.X:0.##} {point.Y:0.##}");

    private void Append(FormattableString element) => _body.AppendLine(element.ToString(CultureInfo.InvariantCulture));
}
