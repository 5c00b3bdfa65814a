using ServerlessScale.Measurement.Plots;
using ServerlessScale.Measurement.Pricing;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Draws the percentage of requests with a cold start and the monthly cost for each number of always-ready instances.</summary>
internal static class CostPlot
{
    private const int Left = 60;
    private const int Right = Plot.Width - 70;
    private const int Top = 84;
    private const int Bottom = 300;
    private const int LabelHeight = 16;
    private const int Above = -10;
    private const int Below = 18;

    public static string Draw(IReadOnlyList<AlwaysReadyRow> rows, AlwaysReadyRow? recommended)
    {
        var svg = Plot.New();
        var step = (Right - Left) / (double)Math.Max(1, rows.Count - 1);
        var mostShare = Math.Max(rows.Max(row => row.ColdShare), 1e-9);
        var mostCost = Math.Max(rows.Max(row => row.Cost), 1e-9);
        double X(AlwaysReadyRow row) => Left + (row.AlwaysReady * step);
        double Share(AlwaysReadyRow row) => Bottom - (row.ColdShare / mostShare * (Bottom - Top));
        double Cost(AlwaysReadyRow row) => Bottom - (row.Cost / mostCost * (Bottom - Top));

        svg.Line(Left, Bottom, Right, Bottom, "grid");
        svg.Legend(Plot.Margin, 50, ("blue", "requests with a cold start"), ("orange", "USD per month"));
        svg.Polyline("line blue", rows.Select(row => (X(row), Share(row))));
        svg.Polyline("line orange", rows.Select(row => (X(row), Cost(row))));
        foreach (var row in rows)
        {
            svg.Circle(X(row), Share(row), 4, "blue");
            svg.Circle(X(row), Cost(row), 4, "orange");
            // When two points are close together, the label of the lower point is drawn below it.
            var near = Math.Abs(Share(row) - Cost(row)) < LabelHeight;
            svg.Text(X(row), Share(row) + (near && Share(row) > Cost(row) ? Below : Above), "middle", FormattableString.Invariant($"{row.ColdShare:0.##%}"));
            svg.Text(X(row), Cost(row) + (near && Share(row) <= Cost(row) ? Below : Above), "middle", FormattableString.Invariant($"{row.Cost:0.00}"));
            svg.Text(X(row), Bottom + 36, row == recommended ? "middle" : "faint middle", $"{row.AlwaysReady}{(row == recommended ? " (enough)" : "")}");
        }

        svg.Text(Right, Bottom + 54, "faint end", "always-ready instances");
        return svg.Finish("Cold starts and cost by number of always-ready instances", Bottom + 68);
    }
}

/// <summary>The size of all plots of this program.</summary>
internal static class Plot
{
    public const int Width = 820;
    public const int Margin = 12;

    public static SvgPlot New() => new(Width, Margin);
}
