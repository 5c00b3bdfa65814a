using System.Xml.Linq;
using ServerlessScale.Measurement.Plots;

namespace ServerlessScale.Tests.Unit.Measurement;

public sealed class PlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(435, 500, 6)]
    [InlineData(8, 8, 9)]
    [InlineData(0.9, 1, 6)]
    [InlineData(0, 0, 2)]
    public void A_linear_axis_ends_at_a_round_number(double largest, double end, int ticks)
    {
        var axis = new LinearAxis(start: 100, end: 200, largest);

        Assert.Equal(ticks, axis.Ticks.Count());
        Assert.Equal(end, axis.Ticks.Last(), 1e-3);
        Assert.Equal(100, axis.At(0));
        Assert.Equal(200, axis.At(axis.Ticks.Last()), 1e-9);
    }

    [Fact]
    public void Decades_on_a_logarithmic_axis_have_equal_lengths()
    {
        var axis = new LogarithmicAxis(start: 0, end: 300, smallest: 2, largest: 900, stepsPerDecade: 1);

        Assert.Equal([0, 100, 200, 300], new double[] { 1, 10, 100, 1000 }.Select(axis.At));
        Assert.Equal([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], axis.Ticks(1, 2, 5).Select(tick => Math.Round(tick, 9)));
    }

    [Fact]
    public void A_logarithmic_axis_can_be_vertical() =>
        Assert.Equal(50, new LogarithmicAxis(start: 100, end: 0, smallest: 1, largest: 100, stepsPerDecade: 1).At(10), 1e-9);

    [Fact]
    public void A_logarithmic_axis_can_show_a_single_value()
    {
        var axis = new LogarithmicAxis(start: 0, end: 100, smallest: 10, largest: 10, stepsPerDecade: 4);

        Assert.Equal(0, axis.At(10));
        Assert.True(double.IsFinite(axis.At(15)));
    }

    [Fact]
    public void A_plot_is_well_formed_XML_with_escaped_text()
    {
        var plot = new SvgPlot(400, margin: 12);
        plot.Text(1, 2.25, "faint end", "a < b & c");
        plot.Rectangle(0, 0, 10, 10, "blue", opacity: 0.5, tooltip: "10 > 5");
        plot.Legend(0, 20, ("orange", "first"), ("red", "second"));

        var svg = XDocument.Parse(plot.Finish("p99 < 1 s", 100)).Root!;

        Assert.Equal("0 0 400 100", svg.Attribute("viewBox")!.Value);
        Assert.Equal("p99 < 1 s", svg.Attribute("aria-label")!.Value);
        Assert.Contains(svg.Elements(Svg + "text"), text => text.Value == "a < b & c" && text.Attribute("y")!.Value == "2.25");
        Assert.Contains(svg.Elements(Svg + "rect"), rectangle => rectangle.Attribute("fill-opacity")?.Value == "0.5" && rectangle.Value == "10 > 5");
    }

    [Fact]
    public void A_step_line_is_horizontal_until_the_next_point()
    {
        var plot = new SvgPlot(400, margin: 12);
        plot.Steps("line blue", [(0, 10), (5, 20)]);

        Assert.Contains("d=\"M0 10L5 10L5 20\"", plot.Finish("", 100), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_plot_colour_has_a_light_and_a_dark_value()
    {
        var style = new SvgPlot(1, 0).Finish("", 1);
        string[] Variables(string text) => [.. text.Split("--").Skip(1).Where(part => part.Contains(": #", StringComparison.Ordinal)).Select(part => part.Split(':')[0]).Order()];
        var (light, dark) = (style[..style.IndexOf("@media", StringComparison.Ordinal)], style[style.IndexOf("@media", StringComparison.Ordinal)..]);

        Assert.NotEmpty(Variables(light));
        Assert.Equal(Variables(light), Variables(dark));
    }
}
