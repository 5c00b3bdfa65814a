using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Reports;
using ServerlessScale.Measurement;
using ServerlessScale.Tests.Unit.Local;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class RunFileTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_file_is_read_back_unchanged()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "cold-start.json");
        var run = TestRun.Of((TestRun.App(Variants.AsPublished), 200));
        await File.WriteAllTextAsync(path, run.ToJson(), Ct);

        var read = await RunFile.ReadAsync(path, Ct);

        Assert.Equal(run.Samples, read.Samples);
        Assert.Equal((run.MeasuredAt, run.Machine), (read.MeasuredAt, read.Machine));
        Assert.Equal(["app, as published"], read.Subjects.Select(subject => subject.Name));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":99,"measuredAt":"2026-01-01T00:00:00Z","machine":{"system":"","architecture":"","cores":1,"runtime":""},"pageCacheDropped":false,"subjects":[],"samples":[]}""")]
    public async Task A_run_file_with_an_unknown_format_is_rejected(string content)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "other.json");
        await File.WriteAllTextAsync(path, content, Ct);

        var failure = await Assert.ThrowsAsync<CommandException>(() => RunFile.ReadAsync(path, Ct));

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Total_start_time_is_the_sum_of_its_phases() =>
        Assert.Equal(300, TestRun.Times(200).Total);

    [Fact]
    public void The_CSV_has_one_line_per_start()
    {
        var lines = SampleTable.Csv(TestRun.Of((TestRun.App(Variants.AsPublished), 200))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(13, lines.Length);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
        Assert.Equal("1,app,as published,201.0,40.0,30.0,20.0,10.0,301.0,300,80000000,400,120,9000000", lines[1]);
    }

    [Fact]
    public void Only_subjects_measured_in_both_runs_are_compared()
    {
        var a = TestRun.Of((TestRun.App(Variants.AsPublished), 200), (TestRun.App(Variants.Plain), 400));
        var b = TestRun.Of((TestRun.App(Variants.AsPublished), 290));

        var comparison = Assert.Single(SubjectComparison.Of(a, b));

        Assert.Equal("app, as published", comparison.Subject);
        Assert.Equal(396.5 / 306.5, comparison.Comparison.Ratio, 1e-9);
        Assert.True(comparison.Comparison.BeyondNoise);
    }

    [Fact]
    public void Runs_without_a_common_subject_cannot_be_compared() =>
        Assert.Throws<CommandException>(() => SubjectComparison.Of(
            TestRun.Of((TestRun.App(Variants.AsPublished), 200)), TestRun.Of((TestRun.App(Variants.Plain), 200))));

    [Fact]
    public void Variants_are_ranked_by_their_added_start_time()
    {
        var run = TestRun.Of(
            (TestRun.App(Variants.Ablations[1], zipBytes: 12_000_000), 320),
            (TestRun.App(Variants.AsPublished), 200),
            (TestRun.App(Variants.Plain), 500));

        var rows = AblationRow.Ranked(run);

        Assert.Equal([Variants.Plain.Name, Variants.Ablations[1].Name], rows.Select(row => row.Variant));
        Assert.Equal((120, -8, true), (rows[1].Milliseconds, rows[1].ZipMegabytes, rows[1].BeyondNoise));
    }

    [Fact]
    public void The_HTML_report_is_complete_and_self_contained()
    {
        var run = TestRun.Of((TestRun.App(Variants.AsPublished), 200), (TestRun.App(Variants.Plain), 400));

        var html = HtmlReport.Html(run, earlier: TestRun.Of((TestRun.App(Variants.AsPublished), 250)));

        Assert.All(run.Subjects, subject => Assert.Contains($">{subject.Name}<", html, StringComparison.Ordinal));
        Assert.Contains("Compared with 2026-11-25", html, StringComparison.Ordinal);
        Assert.Contains("Linux &lt;5&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=|@import|url\\(", html);
        // The plot has a circle for each start. There are twelve starts for each of three subjects, two in this run and one in the earlier
        // run.
        Assert.Equal(36, html.Split("<circle").Length - 1);
    }
}
