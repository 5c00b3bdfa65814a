using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Adds up the rows of one function.</summary>
internal sealed class FunctionTotals
{
    private readonly LatencyHistogram _durations = new();
    private readonly SortedDictionary<string, LatencyHistogram> _phases = new(StringComparer.Ordinal);
    private long _failed;

    public long Count => _durations.Count;

    public long Cold { get; private set; }

    public void Add(TableEntity row)
    {
        _failed += InvocationRows.Failed(row);
        if (InvocationRows.WarmDurations(row) is { } warm)
        {
            _durations.Add(warm);
            return;
        }

        Cold++;
        _durations.Record(InvocationRows.ColdDurationMs(row));
        foreach (var phase in InvocationRows.ColdPhases(row))
        {
            if (!_phases.TryGetValue(phase.Name, out var durations))
            {
                _phases[phase.Name] = durations = new LatencyHistogram();
            }

            durations.Record(phase.DurationMs);
        }
    }

    public ColdStartReport.Function Report(string name) => new(
        name, Count, Cold, _failed, Quantile(_durations, 0.50), Quantile(_durations, 0.95), Quantile(_durations, 0.99),
        _phases.ToDictionary(
            phase => phase.Key,
            phase => new ColdStartReport.Quantiles(
                Quantile(phase.Value, 0.50), Quantile(phase.Value, 0.95), Quantile(phase.Value, 0.99))));

    // More digits than the histogram's error warrants would only look exact.
    private static double Quantile(LatencyHistogram durations, double q) => Math.Round(durations.Quantile(q), 3);
}
