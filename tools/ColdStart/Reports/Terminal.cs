using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Statistics;
using Spectre.Console;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>The figures of one measurement, for a terminal; its tables are Markdown, to be pasted.</summary>
internal static class Terminal
{
    /// <summary>Tables must not wrap when the output goes to a file.</summary>
    private const int Width = 200;

    public static void Write(IAnsiConsole console, RunFile run)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, Width);
        console.Write(Table(run));
        console.WriteLine();
        foreach (var line in Ratios(run).Concat(run.LeftOut.Select(reason => $"Left out: {reason}")))
        {
            console.WriteLine(line);
        }
    }

    public static void Write(IAnsiConsole console, IReadOnlyList<SubjectComparison> comparisons)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, Width);
        var table = Markdown("Start to first answer", "median A, ms", "median B, ms", "B / A", "95 % of B / A", "p (Mann-Whitney)", "beyond noise");
        foreach (var (subject, comparison) in comparisons)
        {
            table.AddRow(
                subject, Number(comparison.MedianA, "0"), Number(comparison.MedianB, "0"), Number(comparison.Ratio, "0.00"),
                comparison.RatioInterval.ToString("0.00"), Number(comparison.P, "0.0000"), comparison.BeyondNoise ? "yes" : "no");
        }

        console.Write(table);
    }

    public static void Write(IAnsiConsole console, IReadOnlyList<AblationRow> rows)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, Width);
        var table = Markdown("Compared with the app as published", "ms", "95 %", "processor ms", "working set MB", "package MB", "zip MB", "methods jitted", "beyond noise");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Variant, Signed(row.Milliseconds, "0"), row.Interval.ToString("+0;-0;0"), Signed(row.ProcessorMilliseconds, "0"),
                Signed(row.WorkingSetMegabytes, "0.0"), Signed(row.PackageMegabytes, "0.0"), Signed(row.ZipMegabytes, "0.0"),
                row.MethodsJitted is { } methods ? Signed(methods, "0") : "", row.BeyondNoise ? "yes" : "no");
        }

        console.Write(table);
    }

    /// <summary>What one instance of each app takes, of a run whose first subject is the monolith and whose others are the microservices.</summary>
    public static void WriteMemory(IAnsiConsole console, RunFile run)
    {
        double[] medians =
        [
            .. run.Subjects.Select(subject =>
                Percentile.Median([.. run.Values(subject.Name, sample => Megabytes.Of(sample.Counts.WorkingSetBytes)).Order()])),
        ];
        console.WriteLine(FormattableString.Invariant(
            $"one instance of each app: 1 worker process with {medians[0]:0} MB, or {medians.Length - 1} with {medians.Skip(1).Sum():0} MB together"));
    }

    /// <summary>How the app compares with the empty worker, and with itself untuned, within this run.</summary>
    public static IEnumerable<string> Ratios(RunFile run)
    {
        var app = $"{MeasuredApp.Shop.Name}, {Variants.AsPublished.Name}";
        foreach (var other in (string[])[$"{MeasuredApp.Hello.Name}, {Variants.AsPublished.Name}", $"{MeasuredApp.Shop.Name}, {Variants.Plain.Name}"])
        {
            if (run.Totals(app) is { Count: > 0 } mine && run.Totals(other) is { Count: > 0 } theirs)
            {
                var time = Comparison.Of(theirs, mine);
                var processor = Comparison.Of(run.Values(other, Processor), run.Values(app, Processor));
                yield return FormattableString.Invariant(
                    $"({app}) / ({other}), by medians: time {time.Ratio:0.00} (95 %: {time.RatioInterval.ToString("0.00")}), processor {processor.Ratio:0.00} ({processor.RatioInterval.ToString("0.00")})");
            }
        }
    }

    private static Table Table(RunFile run)
    {
        var table = Markdown(
            "Start to first answer, ms", "median", "95 % of it", "p95", "95 % of it", "p99", "tail / median", "processor", "working set MB", "package MB", "zip MB",
            "methods jitted", "assemblies", "allocated MB");
        foreach (var subject in run.Subjects)
        {
            var total = Summary.Of(run.Totals(subject.Name));
            table.AddRow(
                subject.Name, Number(total.Median, "0"), total.MedianInterval.ToString("0"), Number(total.P95, "0"), total.P95Interval.ToString("0"),
                Number(total.P99, "0"), Number(total.TailToMedian, "0.00"),
                Median(run, subject.Name, Processor, "0"),
                Median(run, subject.Name, sample => Megabytes.Of(sample.Counts.WorkingSetBytes), "0.0"),
                Number(Megabytes.Of(subject.PackageBytes), "0.0"),
                Number(Megabytes.Of(subject.ZipBytes), "0.0"),
                Median(run, subject.Name, sample => sample.Counts.MethodsJitted, "0"),
                Median(run, subject.Name, sample => sample.Counts.Assemblies, "0"),
                Median(run, subject.Name, sample => sample.Counts.AllocatedBytes is { } bytes ? Megabytes.Of(bytes) : null, "0.0"));
        }

        return table;
    }

    private static double Processor(Sample sample) => sample.Times.Processor;

    private static string Median(RunFile run, string subject, Func<Sample, double?> figure, string format)
    {
        double[] values = [.. run.Samples.Where(sample => sample.Subject == subject).Select(figure).OfType<double>().Order()];
        return values.Length == 0 ? "" : Number(Percentile.Median(values), format);
    }

    private static string Median(RunFile run, string subject, Func<Sample, double> figure, string format) =>
        Median(run, subject, sample => (double?)figure(sample), format);

    private static Table Markdown(string first, params string[] columns)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn(first);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static string Number(double value, string format) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);

    private static string Signed(double value, string format) => Number(value, $"+{format};-{format};{format}");
}
