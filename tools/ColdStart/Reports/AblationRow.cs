using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>What one variant costs (positive) or saves (negative) against the app as it is published; medians of one run.</summary>
/// <param name="Interval">95 % of <paramref name="Milliseconds"/>.</param>
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
    /// <returns>All subjects but the one as published; the most expensive first.</returns>
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
            Megabytes.Of(Difference(sample => sample.Counts.WorkingSetBytes)),
            Megabytes.Of(subject.PackageBytes - published.PackageBytes),
            Megabytes.Of(subject.ZipBytes - published.ZipBytes),
            known ? Difference(sample => sample.Counts.MethodsJitted!.Value) : null,
            Comparison.Of(before, after).BeyondNoise);
    }

    private static double Median(RunFile run, Subject subject, Func<Sample, double> figure) =>
        Percentile.Median([.. run.Values(subject.Name, figure).Order()]);
}
