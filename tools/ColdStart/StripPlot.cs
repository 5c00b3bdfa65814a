using System.Globalization;
using System.Text;

namespace ServerlessScale.ColdStart;

/// <summary>Every run as a dot, a row for each published app, with a bar at the median; readable on light and dark grounds.</summary>
internal static class StripPlot
{
    private const int Width = 760;
    private const int Left = 150;
    private const int Right = 30;
    private const int Top = 50;
    private const int RowHeight = 54;
    private const int Bottom = 50;

    public static string Svg(IReadOnlyList<Sample> samples)
    {
        Sample[][] rows = [.. samples
            .GroupBy(sample => sample.Subject.Name)
            .OrderBy(group => group.First().Subject.ReadyToRun).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToArray())];
        var step = TickStep(samples.Max(sample => sample.Times.Total.TotalMilliseconds));
        var end = (int)Math.Ceiling(samples.Max(sample => sample.Times.Total.TotalMilliseconds) / step) * step;
        var height = Top + (rows.Length * RowHeight) + Bottom;
        double X(double milliseconds) => Left + (milliseconds / end * (Width - Left - Right));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" aria-label="Cold start times of the function app and an empty worker">
            <style>
              text {"{"} font: 13px system-ui, sans-serif; fill: #24292f {"}"} .title {"{"} font-weight: 600 {"}"}
              .grid {"{"} stroke: #8c959f; stroke-opacity: .35 {"}"} .app {"{"} fill: #0969da {"}"} .hello {"{"} fill: #bc4c00 {"}"}
              .median {"{"} stroke: #24292f; stroke-width: 2 {"}"}
              @media (prefers-color-scheme: dark) {"{"}
                text {"{"} fill: #e6edf3 {"}"} .app {"{"} fill: #58a6ff {"}"} .hello {"{"} fill: #f0883e {"}"} .median {"{"} stroke: #e6edf3 {"}"}
              {"}"}
            </style>
            <text class="title" x="12" y="24">Worker process start to first HTTP answer: every run, and the median</text>

            """);
        for (var tick = 0; tick <= end; tick += step)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <line class="grid" x1="{X(tick):0.0}" x2="{X(tick):0.0}" y1="{Top - 8}" y2="{height - Bottom}"/>
                <text x="{X(tick):0.0}" y="{height - Bottom + 20}" text-anchor="middle">{tick}</text>

                """);
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{height - 10}\" text-anchor=\"end\">milliseconds</text>\n");
        for (var row = 0; row < rows.Length; row++)
        {
            AppendRow(svg, rows[row], Top + (row * RowHeight), X);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AppendRow(StringBuilder svg, Sample[] runs, int top, Func<double, double> x)
    {
        var median = Summary.Of(runs.Select(sample => sample.Times.Total)).Median;
        var middle = top + (RowHeight / 2) - 4;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"12\" y=\"{middle + 4}\">{runs[0].Subject.Name}</text>\n");
        foreach (var (round, subject, times) in runs)
        {
            // Dots of equal times would hide each other; the round spreads them.
            var y = middle + ((round % 5) - 2) * 5;
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle class=\"{subject.App}\" fill-opacity=\".6\" cx=\"{x(times.Total.TotalMilliseconds):0.0}\" cy=\"{y}\" r=\"4\"/>\n");
        }

        svg.Append(
            CultureInfo.InvariantCulture,
            $"""
            <line class="median" x1="{x(median):0.0}" x2="{x(median):0.0}" y1="{middle - 18}" y2="{middle + 18}"/>
            <text x="{x(median):0.0}" y="{middle - 20}" text-anchor="middle">{median:0}</text>

            """);
    }

    /// <summary>1, 2 or 5 times a power of ten, for four to ten ticks.</summary>
    private static int TickStep(double end)
    {
        var step = (int)Math.Pow(10, Math.Floor(Math.Log10(Math.Max(end, 10) / 4)));
        return ((int[])[step, 2 * step, 5 * step, 10 * step]).First(candidate => end / candidate <= 8);
    }
}
