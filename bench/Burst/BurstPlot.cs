using ServerlessScale.Local.Scaling;
using ServerlessScale.Measurement.Plots;

namespace ServerlessScale.Bench.Burst;

/// <summary>
/// Draws a burst as three panels with the same time scale. The panels show the instances, the work in progress, and the latency of each
/// request.
/// </summary>
internal static class BurstPlot
{
    private const int Width = 900;
    private const int Left = 70;
    private const int PlotWidth = 790;
    private const int PanelHeight = 120;
    private const int PanelStep = 176;
    private const int Top = 104;
    private const int Height = Top + (3 * PanelStep) - 40;

    public static string Draw(BurstRecord record)
    {
        var end = Math.Ceiling(record.Samples.Max(sample => sample.At).TotalSeconds / 10) * 10;
        var svg = new SvgPlot(Width, margin: 24);
        svg.Text(24, 50, "faint", FormattableString.Invariant(
            $"{record.Responses.Count} requests in the shaded {record.Duration.TotalSeconds:0} s. The horizontal axis shows seconds."));

        var instances = Math.Max(1, record.Samples.Max(sample => sample.Scale.Wanted));
        Panel(0, "instances: ready (blue), wanted (orange)", "0", $"{instances}");
        Steps(0, "line orange", instances, sample => sample.Wanted);
        Steps(0, "line shade5", instances, sample => sample.Ready);

        var most = Math.Max(1, record.Samples.Max(sample => Math.Max(sample.Scale.Messages, sample.Scale.Requests)));
        Panel(1, "messages in queues (blue), requests in flight (orange)", "0", $"{most}");
        Steps(1, "line orange", most, sample => sample.Requests);
        Steps(1, "line shade5", most, sample => sample.Messages);

        var latency = new LogarithmicAxis(
            TopOf(2) + PanelHeight, TopOf(2), record.Responses.Min(response => response.Latency.TotalMilliseconds),
            record.Responses.Max(response => response.Latency.TotalMilliseconds), stepsPerDecade: 1);
        Panel(2, "latency: reads (blue), uploads (orange), the first response from a process (red); logarithmic", "", "");
        foreach (var decade in latency.Ticks(1))
        {
            svg.Line(Left, latency.At(decade), Left + PlotWidth, latency.At(decade), "grid");
            svg.Text(Left - 8, latency.At(decade) + 4, "faint end", decade < 1_000 ? FormattableString.Invariant($"{decade:0.###} ms") : $"{decade / 1_000:0} s");
        }

        foreach (var response in record.Responses.OrderBy(response => response.IsCold))
        {
            var style = response.IsCold ? "red" : response.IsUpload ? "orange" : "shade5";
            svg.Circle(X(response.Due), latency.At(response.Latency.TotalMilliseconds), response.IsCold ? 4 : 2, style);
        }

        return svg.Finish("A burst of requests to a shop that has scaled to zero", Height);

        double X(TimeSpan at) => Left + (PlotWidth * Math.Min(1, at.TotalSeconds / end));

        void Panel(int index, string heading, string lowLabel, string highLabel)
        {
            var (top, bottom) = (TopOf(index), TopOf(index) + PanelHeight);
            svg.Rectangle(Left, top, X(record.Duration) - Left, PanelHeight, "shade0");
            svg.Text(Left, top - 10, "", heading);
            for (var second = 0; second <= end; second += 10)
            {
                var x = X(TimeSpan.FromSeconds(second));
                svg.Line(x, top, x, bottom, "grid");
                svg.Text(x, bottom + 16, "faint middle", $"{second}");
            }

            svg.Line(Left, bottom, Left + PlotWidth, bottom, "grid");
            svg.Text(Left - 8, bottom + 4, "faint end", lowLabel);
            svg.Text(Left - 8, top + 4, "faint end", highLabel);
        }

        void Steps(int index, string style, double highest, Func<ScaleSample, int> value) => svg.Steps(style, record.Samples.Select(
            sample => (X(sample.At), TopOf(index) + (PanelHeight * (1 - (value(sample.Scale) / highest))))));
    }

    private static int TopOf(int panel) => Top + (panel * PanelStep);
}
