using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>
/// The differences between the medians of a variant and the medians of the app as published, in the same run. A difference is positive if
/// the variant's median is larger.
/// </summary>
/// <param name="Interval">The 95 % confidence interval of <paramref name="Milliseconds"/>.</param>
internal sealed record AblationRow(
    string Variant,
    double Milliseconds,
    Interval Interval,
    double ProcessorMilliseconds,
    double WorkingSetMegabytes,
    double PackageMegabytes,
    double ZipMegabytes,
    double? MethodsJitted,
    bool BeyondNoise)
{
    /// <returns>One row for each subject except the app as published. The slowest variant comes first.</returns>
    public static IReadOnlyList<AblationRow> Ranked(RunFile run)
    {
        var published = run.Subjects.Single(subject => subject.App == MeasuredApp.Shop.Name && subject.Variant == Variants.AsPublished.Name);
        return [.. run.Subjects.Where(subject => subject != published).Select(subject => Of(run, published, subject)).OrderByDescending(row => row.Milliseconds)];
    }

    private static AblationRow Of(RunFile run, Subject published, Subject subject)
    {
        double Difference(Func<Sample, double> figure) => Median(run, subject, figure) - Median(run, published, figure);
        var (before, after) = (run.Totals(published.Name), run.Totals(subject.Name));
        var known = run.Samples.Where(sample => sample.Subject == subject.Name || sample.Subject == published.Name)
            .All(sample => sample.Counts.MethodsJitted is not null);
        return new(
            subject.App == published.App ? subject.Variant : subject.Name,
            Difference(sample => sample.Times.Total),
            Bootstrap.OfMedians(before, after, (a, b) => b - a),
            Difference(sample => sample.Times.Processor),
            Terminal.Megabytes(Difference(sample => sample.Counts.WorkingSetBytes)),
            Terminal.Megabytes(subject.PackageBytes - published.PackageBytes),
            Terminal.Megabytes(subject.ZipBytes - published.ZipBytes),
            known ? Difference(sample => sample.Counts.MethodsJitted!.Value) : null,
            Comparison.Of(before, after).BeyondNoise);
    }

    private static double Median(RunFile run, Subject subject, Func<Sample, double> figure) =>
        Percentile.Median(run.Values(subject.Name, figure));
}
