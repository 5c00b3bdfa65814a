namespace ServerlessScale.Shared.ColdStarts;

/// <summary>How the app's invocations went since a time, over all instances.</summary>
/// <param name="Since">What is counted: whole minutes from here, UTC.</param>
/// <param name="Invocations">Cold and warm ones.</param>
/// <param name="ColdStarts">Invocations that were the first of their process.</param>
/// <param name="Truncated">There was more to read than one report may: the oldest part is left out.</param>
/// <param name="Functions">By name.</param>
public sealed record ColdStartReport(
    DateTimeOffset Since, long Invocations, long ColdStarts, bool Truncated, IReadOnlyList<ColdStartReport.Function> Functions)
{
    /// <param name="Name">The function's name.</param>
    /// <param name="Count">Cold and warm invocations.</param>
    /// <param name="Cold">Cold ones among them.</param>
    /// <param name="Failed">Those that ended with an exception or were answered with a 5xx status.</param>
    /// <param name="P50Ms">Median duration of cold and warm invocations in milliseconds, at most 1 % off, as are all quantiles here.</param>
    /// <param name="P95Ms">95th percentile.</param>
    /// <param name="P99Ms">99th percentile.</param>
    /// <param name="Phases">Of the cold invocations, by the phase's name.</param>
    public sealed record Function(
        string Name,
        long Count,
        long Cold,
        long Failed,
        double P50Ms,
        double P95Ms,
        double P99Ms,
        IReadOnlyDictionary<string, Quantiles> Phases);

    public sealed record Quantiles(double P50Ms, double P95Ms, double P99Ms);
}
