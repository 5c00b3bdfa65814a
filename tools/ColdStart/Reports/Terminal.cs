using System.Globalization;
using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>
/// Writes the results of a measurement to standard output. The tables are Markdown, so that they can be pasted into a document.
/// </summary>
internal static class Terminal
{
    public static void Write(RunFile run)
    {
        var table = new MarkdownTable(
            "Start to first response, ms", "median", "95 % CI", "p95", "95 % CI", "p99", "tail / median", "processor", "working set MB", "package MB",
            "zip MB", "methods jitted", "assemblies", "allocated MB");
        foreach (var subject in run.Subjects)
        {
            var total = Summary.Of(run.Totals(subject.Name));
            table.Add(
                subject.Name, Number(total.Median, "0"), total.MedianInterval.ToString("0"), Number(total.P95, "0"), total.P95Interval.ToString("0"),
                Number(total.P99, "0"), Number(total.TailToMedian, "0.00"),
                Median(run, subject.Name, sample => Processor(sample), "0"),
                Median(run, subject.Name, sample => Megabytes(sample.Counts.WorkingSetBytes), "0.0"),
                Number(Megabytes(subject.PackageBytes), "0.0"),
                Number(Megabytes(subject.ZipBytes), "0.0"),
                Median(run, subject.Name, sample => sample.Counts.MethodsJitted, "0"),
                Median(run, subject.Name, sample => sample.Counts.Assemblies, "0"),
                Median(run, subject.Name, sample => sample.Counts.AllocatedBytes is { } bytes ? Megabytes(bytes) : null, "0.0"));
        }

        table.Write(Console.Out);
        Console.WriteLine();
        foreach (var line in Ratios(run).Concat(run.LeftOut.Select(reason => $"Left out: {reason}")))
        {
            Console.WriteLine(line);
        }
    }

    public static void Write(IReadOnlyList<SubjectComparison> comparisons)
    {
        var table = new MarkdownTable("Start to first response", "median A, ms", "median B, ms", "B / A", "95 % of B / A", "p (Mann-Whitney)", "beyond noise");
        foreach (var (subject, comparison) in comparisons)
        {
            table.Add(
                subject, Number(comparison.MedianA, "0"), Number(comparison.MedianB, "0"), Number(comparison.Ratio, "0.00"),
                comparison.RatioInterval.ToString("0.00"), Number(comparison.P, "0.0000"), comparison.BeyondNoise ? "yes" : "no");
        }

        table.Write(Console.Out);
    }

    public static void Write(IReadOnlyList<AblationRow> rows)
    {
        var table = new MarkdownTable(
            "Compared with the app as published", "ms", "95 %", "processor ms", "working set MB", "package MB", "zip MB", "methods jitted", "beyond noise");
        foreach (var row in rows)
        {
            table.Add(
                row.Variant, Signed(row.Milliseconds, "0"), row.Interval.ToString("+0;-0;0"), Signed(row.ProcessorMilliseconds, "0"),
                Signed(row.WorkingSetMegabytes, "0.0"), Signed(row.PackageMegabytes, "0.0"), Signed(row.ZipMegabytes, "0.0"),
                row.MethodsJitted is { } methods ? Signed(methods, "0") : "", row.BeyondNoise ? "yes" : "no");
        }

        table.Write(Console.Out);
    }

    /// <summary>
    /// Writes the memory of one instance of each app. The first subject of the run must be the monolith, and the remaining subjects must be
    /// the microservices.
    /// </summary>
    public static void WriteMemory(RunFile run)
    {
        double[] medians =
        [
            .. run.Subjects.Select(subject => Percentile.Median(run.Values(subject.Name, sample => Megabytes(sample.Counts.WorkingSetBytes)))),
        ];
        Console.WriteLine(
            $"With one instance of each app, the monolith is 1 worker process with {medians[0]:0} MB, "
            + $"and the microservices are {medians.Length - 1} processes with {medians.Skip(1).Sum():0} MB in total.");
    }

    /// <returns>
    /// One line per ratio in this run. The ratios compare the app with the empty worker, and the app with its own plain Release build.
    /// </returns>
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

    /// <summary>Converts bytes to megabytes (10^6 bytes), the unit of package limits and disk sizes.</summary>
    public static double Megabytes(double bytes) => bytes / 1_000_000;

    private static double Processor(Sample sample) => sample.Times.Processor;

    private static string Median(RunFile run, string subject, Func<Sample, double?> figure, string format)
    {
        double[] values = [.. run.Samples.Where(sample => sample.Subject == subject).Select(figure).OfType<double>()];
        return values.Length == 0 ? "" : Number(Percentile.Median(values), format);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Signed(double value, string format) => Number(value, $"+{format};-{format};{format}");
}
