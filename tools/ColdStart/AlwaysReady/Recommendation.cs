namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>The fewest always-ready instances that keep cold starts as rare as wanted.</summary>
/// <param name="Row">What it comes to; null when even the most that were tried do not.</param>
/// <param name="Reason">One sentence, for a parameter file.</param>
internal sealed record Recommendation(AlwaysReadyRow? Row, string Reason)
{
    /// <param name="rows">In the order of their counts, from 0.</param>
    /// <param name="mostCold">Share of requests that may meet a cold start, 0 to 1.</param>
    public static Recommendation Of(IReadOnlyList<AlwaysReadyRow> rows, double mostCold)
    {
        var row = rows.FirstOrDefault(candidate => candidate.ColdShare <= mostCold);
        if (row is null)
        {
            return new(null, FormattableString.Invariant(
                $"Even {rows[^1].AlwaysReady} always-ready instances leave {rows[^1].ColdShare:0.####%} of requests with a cold start; {mostCold:0.####%} were allowed."));
        }

        var without = rows[0];
        return new(row, FormattableString.Invariant(
            $"{row.AlwaysReady} always ready: {row.ColdShare:0.####%} of requests meet a cold start ({without.ColdShare:0.####%} with none), for {row.Cost - without.Cost:+0.00;-0.00;0.00} USD a month more ({row.Cost:0.00} in all)."));
    }
}
