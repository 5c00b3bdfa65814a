using Spectre.Console;

namespace ServerlessScale.ColdStart;

/// <summary>The figures of one measurement, for a terminal.</summary>
internal static class Report
{
    public static void Write(IAnsiConsole console, IReadOnlyList<Sample> samples)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("Milliseconds");
        foreach (var column in (string[])["functions loaded: min", "median", "p95", "first answer: min", "median", "p95", "both: min", "median", "p95", "processor: min", "median"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var runs in samples.GroupBy(sample => sample.Subject.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            table.AddRow(
            [
                runs.Key,
                .. Cells(runs, times => times.Loading),
                .. Cells(runs, times => times.FirstAnswer),
                .. Cells(runs, times => times.Total),
                .. Cells(runs, times => times.Processor).SkipLast(1),
            ]);
        }

        console.Profile.Width = Math.Max(console.Profile.Width, 160);
        console.Write(table);
        foreach (var readyToRun in (bool[])[false, true])
        {
            var total = Ratio(samples, readyToRun, times => times.Total);
            var processor = Ratio(samples, readyToRun, times => times.Processor);
            console.WriteLine(FormattableString.Invariant(
                $"app / hello {(readyToRun ? "with" : "without")} ReadyToRun, by medians: time {total:0.00}x, processor {processor:0.00}x"));
        }
    }

    private static IEnumerable<string> Cells(IEnumerable<Sample> runs, Func<ColdStartTimes, TimeSpan> time)
    {
        var summary = Summary.Of(runs.Select(sample => time(sample.Times)));
        return ((double[])[summary.Min, summary.Median, summary.P95]).Select(value => FormattableString.Invariant($"{value:0}"));
    }

    private static double Ratio(IReadOnlyList<Sample> samples, bool readyToRun, Func<ColdStartTimes, TimeSpan> time)
    {
        double Median(string app) => Summary.Of(samples
            .Where(sample => sample.Subject.App == app && sample.Subject.ReadyToRun == readyToRun)
            .Select(sample => time(sample.Times))).Median;
        return Median("app") / Median("hello");
    }
}
