using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ServerlessScale.ShardAdvisor.Replay;
using ServerlessScale.ShardAdvisor.Reports;
using Spectre.Console;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class ReportTests
{
    private static readonly ReplayResult Result = SampleResult.Of(
        SampleResult.Figures("customer|month|bucket", physical: 4),
        SampleResult.Figures("customer") with { ThrottledShare = 0.25 });

    [Fact]
    public void The_CSV_report_has_one_line_of_plain_numbers_per_key()
    {
        var lines = Write(ReportFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        Assert.StartsWith("key,logicalPartitions,largestLogicalBytes,", lines[0], StringComparison.Ordinal);
        Assert.Equal("customer|month|bucket,12,2048,2048,4,1,100,5000,10000,0,4", lines[1]);
        Assert.Equal("customer,12,2048,2048,4,1,100,5000,10000,0.25,1", lines[2]);
    }

    [Fact]
    public void The_JSON_report_contains_figures_and_advice()
    {
        using var json = JsonDocument.Parse(Write(ReportFormat.Json));

        Assert.Equal(1_000, json.RootElement.GetProperty("operations").GetInt64());
        Assert.Equal(0.25, json.RootElement.GetProperty("keys")[1].GetProperty("throttledShare").GetDouble());
        Assert.Equal("customer|month|bucket", json.RootElement.GetProperty("advice").GetProperty("key").GetString());
    }

    [Fact]
    public void The_plain_report_is_Markdown_with_escaped_bars()
    {
        // The columns are padded to equal widths.
        var report = Regex.Replace(Write(ReportFormat.Plain), " +", " ");

        Assert.Contains(@"| | customer\|month\|bucket | customer |", report, StringComparison.Ordinal);
        Assert.Contains("| throttled | 0% | 25% |", report, StringComparison.Ordinal);
        Assert.Contains("Use customer|month|bucket.", report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_report_shows_the_same_figures_as_Markdown()
    {
        var report = Write(ReportFormat.Table);

        Assert.Contains("25%", report, StringComparison.Ordinal);
        Assert.Contains("Use customer|month|bucket.", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.99, false)]
    [InlineData(1.5, true)]
    public void The_plot_shows_an_overloaded_partition_in_red(double share, bool hot)
    {
        var result = SampleResult.Of(SampleResult.Figures("a<b")) with { Timelines = [SampleResult.Timeline(share)] };

        var svg = XDocument.Parse(LoadPlot.Draw(result, Advice.From(result)));

        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(hot, svg.Descendants(ns + "path").Any(path => (string?)path.Attribute("class") == "red"));
        Assert.Contains(svg.Descendants(ns + "text"), text => text.Value == "a<b (advised)");
    }

    [Fact]
    public void The_plot_shows_an_overflowing_key_in_red()
    {
        var figures = SampleResult.Figures("a") with { LargestLogicalBytes = 30L << 30, LargestLogicalBytesAtLeast = 30L << 30 };
        var result = SampleResult.Of(figures, SampleResult.Figures("b"));

        var svg = XDocument.Parse(LoadPlot.Draw(result, Advice.From(result)));

        XNamespace ns = "http://www.w3.org/2000/svg";
        var hot = Assert.Single(svg.Descendants(ns + "text"), text => (string?)text.Attribute("class") == "red");
        Assert.EndsWith("largest logical partition 150% of 20 GB", hot.Value, StringComparison.Ordinal);
    }

    private static string Write(ReportFormat format)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        ReportWriter.Write(AdvisorReport.Of(Result), format, console);
        return output.ToString();
    }
}
