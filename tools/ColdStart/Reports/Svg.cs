using System.Globalization;
using System.Net;
using System.Text;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Text of one drawing; its colours follow the viewer's light or dark scheme.</summary>
internal sealed class Svg
{
    public const int Width = 820;

    private const string Style = """
        <style>
          .plot { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d1d9e0; --app: #0969da; --hello: #bc4c00; --earlier: #8250df;
                  --p0: #0550ae; --p1: #218bff; --p2: #80ccff; --p3: #b6e3ff; --p4: #bc4c00; }
          @media (prefers-color-scheme: dark) {
            .plot { --paper: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --grid: #3d444d; --app: #58a6ff; --hello: #f0883e; --earlier: #bc8cff;
                    --p0: #1f6feb; --p1: #58a6ff; --p2: #a5d6ff; --p3: #cae8ff; --p4: #f0883e; }
          }
          .plot text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
          .plot .title { font-size: 15px; font-weight: 600; } .plot .faint { fill: var(--faint); }
          .plot .end { text-anchor: end; } .plot .middle { text-anchor: middle; } .plot .paper { fill: var(--paper); }
          .plot .grid { stroke: var(--grid); } .plot .median { stroke: var(--ink); stroke-width: 2; }
          .plot .app { fill: var(--app); } .plot .hello { fill: var(--hello); } .plot .earlier { fill: var(--earlier); }
          .plot .line { fill: none; stroke: var(--app); stroke-width: 2; } .plot .line.second { stroke: var(--hello); }
          .plot .p0 { fill: var(--p0); } .plot .p1 { fill: var(--p1); } .plot .p2 { fill: var(--p2); } .plot .p3 { fill: var(--p3); } .plot .p4 { fill: var(--p4); }
        </style>
        """;

    private readonly StringBuilder _body = new();

    public void Line(FormattableString line) => _body.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    public void Text(double x, double y, string kind, string text) =>
        Line($"""<text class="{kind}" x="{x:0.#}" y="{y:0.#}">{WebUtility.HtmlEncode(text)}</text>""");

    /// <summary>Lines across the plot and their values below it.</summary>
    /// <param name="axis">Values along the width.</param>
    /// <param name="top">Where the lines begin.</param>
    /// <param name="bottom">Where they end.</param>
    /// <param name="unit">Stands at the right end.</param>
    public void Grid(Axis axis, double top, double bottom, string unit)
    {
        foreach (var tick in axis.Ticks)
        {
            Line($"""<line class="grid" x1="{axis.At(tick):0.#}" x2="{axis.At(tick):0.#}" y1="{top:0.#}" y2="{bottom:0.#}"/>""");
            Text(axis.At(tick), bottom + 16, "faint middle", tick.ToString("0.##", CultureInfo.InvariantCulture));
        }

        Text(axis.Right, bottom + 34, "faint end", unit);
    }

    /// <param name="title">For those who cannot see it, and above the drawing.</param>
    /// <param name="height">Of the drawing.</param>
    public string Finish(string title, double height)
    {
        var label = WebUtility.HtmlEncode(title);
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height:0}" role="img" aria-label="{label}">
            {Style}
            <rect class="paper" width="{Width}" height="{height:0}"/>
            <text class="title" x="12" y="24">{label}</text>
            {_body}</svg>

            """);
    }
}
