using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>A comparison of the start times of one subject in two runs.</summary>
internal sealed record SubjectComparison(string Subject, Comparison Comparison)
{
    /// <returns>One comparison per subject that is in both runs, in the order of the second run.</returns>
    /// <exception cref="CommandException">No subject is in both runs.</exception>
    public static IReadOnlyList<SubjectComparison> Of(RunFile a, RunFile b)
    {
        SubjectComparison[] comparisons =
        [
            .. from subject in b.Subjects
               where a.Totals(subject.Name).Count > 0
               select new SubjectComparison(subject.Name, Comparison.Of(a.Totals(subject.Name), b.Totals(subject.Name))),
        ];
        return comparisons.Length > 0 ? comparisons : throw new CommandException("The two runs have no subject (app and variant) in common.");
    }
}
