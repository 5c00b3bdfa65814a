using System.Globalization;
using System.Net;
using System.Text;

namespace ServerlessScale.Measurement.Plots;

/// <summary>
/// An SVG drawing. Its colours are CSS variables that follow the reader's light or dark colour scheme. The drawing needs no other files, so
/// it can be embedded in a README or in an HTML page.
/// </summary>
/// <param name="width">The width in pixels.</param>
/// <param name="margin">The distance, in pixels, between the left edge and the title.</param>
public sealed class SvgPlot(int width, int margin)
{
    /// <summary>
    /// The palette of all plots. A class named after a colour sets the fill colour. Together with the <c>line</c> class, it sets the stroke
    /// colour instead. The shades range from the colour of an empty cell (<c>shade0</c>) to the strongest blue (<c>shade5</c>).
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

    /// <param name="style">The CSS classes from the palette, separated by spaces, such as <c>faint end</c>.</param>
    public void Text(double x, double y, string style, string text) =>
        Append($"""<text class="{style}" x="{x:0.##}" y="{y:0.##}">{WebUtility.HtmlEncode(text)}</text>""");

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Append($"""<line class="{style}" x1="{x1:0.##}" y1="{y1:0.##}" x2="{x2:0.##}" y2="{y2:0.##}"/>""");

    /// <param name="opacity">The opacity from 0 (invisible) to 1 (opaque).</param>
    /// <param name="tooltip">The text that a browser shows when the pointer is over the rectangle; null for no text.</param>
    public void Rectangle(double x, double y, double width, double height, string style, double opacity = 1, string? tooltip = null)
    {
        var end = tooltip is null ? "/>" : $"><title>{WebUtility.HtmlEncode(tooltip)}</title></rect>";
        Append($"""<rect class="{style}"{Opacity(opacity)} x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}"{end}""");
    }

    /// <summary>
    /// Draws a one-pixel outline around an area. The outline is half a pixel outside the area, so that it does not cover the
    /// area.
    /// </summary>
    public void Frame(double x, double y, double width, double height) => Rectangle(x - 0.5, y - 0.5, width + 1, height + 1, "grid");

    public void Circle(double x, double y, double radius, string style, double opacity = 1) =>
        Append($"""<circle class="{style}"{Opacity(opacity)} cx="{x:0.##}" cy="{y:0.##}" r="{radius:0.##}"/>""");

    /// <param name="data">The <c>d</c> attribute of the SVG path.</param>
    public void Path(string style, string data) => Append($"""<path class="{style}" d="{data}"/>""");

    /// <summary>Draws a line through all points.</summary>
    public void Polyline(string style, IEnumerable<(double X, double Y)> points) => Path(style, "M" + string.Join('L', points.Select(Pair)));

    /// <summary>Draws a step line for values that stay constant between points. The line is horizontal up to the next point.</summary>
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

    /// <summary>
    /// Draws a vertical grid line at each tick of a horizontal axis. The tick values are below the lines, and the unit is at the right end.
    /// </summary>
    /// <param name="top">The y coordinate of the upper end of the lines.</param>
    /// <param name="bottom">The y coordinate of the lower end of the lines.</param>
    public void Grid(LinearAxis axis, double top, double bottom, string unit)
    {
        foreach (var tick in axis.Ticks)
        {
            Line(axis.At(tick), top, axis.At(tick), bottom, "grid");
            Text(axis.At(tick), bottom + 16, "faint middle", tick.ToString("0.##", CultureInfo.InvariantCulture));
        }

        Text(axis.End, bottom + 34, "faint end", unit);
    }

    /// <summary>Draws a legend as a row of coloured squares with labels.</summary>
    /// <param name="y">The y coordinate of the labels' baseline.</param>
    public void Legend(double x, double y, params IEnumerable<(string Style, string Label)> entries)
    {
        foreach (var (style, label) in entries)
        {
            Rectangle(x, y - 10, 12, 12, style);
            Frame(x, y - 10, 12, 12);
            Text(x + 18, y, "faint", label);
            // The actual width of the text is unknown. 6.6 pixels per character is enough for all common fonts at 12 pixels.
            x += 34 + (label.Length * 6.6);
        }
    }

    /// <summary>Returns the drawing as an SVG document.</summary>
    /// <param name="title">The title, which is shown above the drawing and is also its label for screen readers.</param>
    /// <param name="height">The height of the drawing in pixels.</param>
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
