using ServerlessScale.ColdStart.Measuring;
using ServerlessScale.ColdStart.Statistics;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>A subject in two runs.</summary>
internal sealed record SubjectComparison(string Subject, Comparison Comparison)
{
    /// <returns>One for each subject that both runs have, in the second's order.</returns>
    /// <exception cref="LocalCloudException">They have none in common.</exception>
    public static IReadOnlyList<SubjectComparison> Of(RunFile a, RunFile b)
    {
        SubjectComparison[] comparisons =
        [
            .. from subject in b.Subjects
               where a.Totals(subject.Name).Count > 0
               select new SubjectComparison(subject.Name, Comparison.Of(a.Totals(subject.Name), b.Totals(subject.Name))),
        ];
        return comparisons.Length > 0 ? comparisons : throw new LocalCloudException("The two runs have no app and variant in common.");
    }
}
