using ServerlessScale.ColdStart.AlwaysReady;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Share of cold requests and monthly cost over the count of always-ready instances.</summary>
internal static class CostPlot
{
    private const int Left = 60;
    private const int Right = Svg.Width - 70;
    private const int Top = 84;
    private const int Bottom = 300;
    private const int LabelHeight = 16;
    private const int Above = -10;
    private const int Below = 18;

    public static string Draw(IReadOnlyList<AlwaysReadyRow> rows, AlwaysReadyRow? recommended)
    {
        var svg = new Svg();
        var step = (Right - Left) / (double)Math.Max(1, rows.Count - 1);
        var mostShare = Math.Max(rows.Max(row => row.ColdShare), 1e-9);
        var mostCost = Math.Max(rows.Max(row => row.Cost), 1e-9);
        double X(AlwaysReadyRow row) => Left + (row.AlwaysReady * step);
        double Share(AlwaysReadyRow row) => Bottom - (row.ColdShare / mostShare * (Bottom - Top));
        double Cost(AlwaysReadyRow row) => Bottom - (row.Cost / mostCost * (Bottom - Top));

        svg.Line($"""<line class="grid" x1="{Left}" x2="{Right}" y1="{Bottom}" y2="{Bottom}"/>""");
        svg.Line($"""<rect class="app" x="12" y="38" width="12" height="12"/>""");
        svg.Text(30, 48, "faint", "requests that meet a cold start");
        svg.Line($"""<rect class="hello" x="240" y="38" width="12" height="12"/>""");
        svg.Text(258, 48, "faint", "USD a month");
        svg.Line($"""<polyline class="line" points="{string.Join(' ', rows.Select(row => Point(X(row), Share(row))))}"/>""");
        svg.Line($"""<polyline class="line second" points="{string.Join(' ', rows.Select(row => Point(X(row), Cost(row))))}"/>""");
        foreach (var row in rows)
        {
            svg.Line($"""<circle class="app" cx="{X(row):0.#}" cy="{Share(row):0.#}" r="4"/>""");
            svg.Line($"""<circle class="hello" cx="{X(row):0.#}" cy="{Cost(row):0.#}" r="4"/>""");
            // The lower of two that are near each other has its label below.
            var near = Math.Abs(Share(row) - Cost(row)) < LabelHeight;
            svg.Text(X(row), Share(row) + (near && Share(row) > Cost(row) ? Below : Above), "middle", FormattableString.Invariant($"{row.ColdShare:0.##%}"));
            svg.Text(X(row), Cost(row) + (near && Share(row) <= Cost(row) ? Below : Above), "middle", FormattableString.Invariant($"{row.Cost:0.00}"));
            svg.Text(X(row), Bottom + 36, row == recommended ? "middle" : "faint middle", FormattableString.Invariant($"{row.AlwaysReady}{(row == recommended ? " (enough)" : "")}"));
        }

        svg.Text(Right, Bottom + 54, "faint end", "always-ready instances");
        return svg.Finish("What always-ready instances buy", Bottom + 68);
    }

    private static string Point(double x, double y) => FormattableString.Invariant($"{x:0.#},{y:0.#}");
}
