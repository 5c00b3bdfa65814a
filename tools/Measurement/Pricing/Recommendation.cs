namespace ServerlessScale.Measurement.Pricing;

/// <summary>Recommends the smallest number of always-ready instances that makes cold starts rare enough.</summary>
/// <param name="Row">The row for the recommended number; null if the largest simulated number is not enough.</param>
/// <param name="Reason">The reason as a single sentence, which is short enough for a comment in a parameter file.</param>
internal sealed record Recommendation(AlwaysReadyRow? Row, string Reason)
{
    /// <param name="rows">The rows of the simulation, ordered by the number of instances and starting with 0.</param>
    /// <param name="mostCold">The maximum allowed fraction of requests with a cold start, from 0 to 1.</param>
    public static Recommendation Of(IReadOnlyList<AlwaysReadyRow> rows, double mostCold)
    {
        var row = rows.FirstOrDefault(candidate => candidate.ColdShare <= mostCold);
        if (row is null)
        {
            return new(null, FormattableString.Invariant(
                $"Even with {rows[^1].AlwaysReady} always-ready instances, {rows[^1].ColdShare:0.####%} of requests have a cold start; at most {mostCold:0.####%} are allowed."));
        }

        var without = rows[0];
        var difference = row.Cost - without.Cost;
        return new(row, FormattableString.Invariant(
            $"{row.AlwaysReady} always ready: {row.ColdShare:0.####%} of requests have a cold start ({without.ColdShare:0.####%} with none), for {Math.Abs(difference):0.00} USD {(difference < 0 ? "less" : "more")} per month ({row.Cost:0.00} in total)."));
    }
}
