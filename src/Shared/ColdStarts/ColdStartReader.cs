using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Reads the invocation records of all instances and summarizes them in a report.</summary>
public sealed class ColdStartReader(TableServiceClient tables)
{
    /// <summary>The maximum number of rows that one report reads. Reading this number of rows takes about 50 requests to storage.</summary>
    public const int MaximumRows = 50_000;

    private readonly Table _table = new(tables, InvocationRows.TableName);

    /// <param name="since">The start of the reported period, rounded down to the minute.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <param name="maximumRows">
    /// The maximum number of rows to read. A report that would need more rows omits the oldest hours and is marked as truncated.
    /// </param>
    /// <exception cref="RequestFailedException">Storage rejected the request or did not respond.</exception>
    public async Task<ColdStartReport> ReadAsync(
        DateTimeOffset since, CancellationToken cancellationToken, int maximumRows = MaximumRows)
    {
        var minute = new DateTimeOffset(since.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var functions = new SortedDictionary<string, FunctionTotals>(StringComparer.Ordinal);
        var rows = 0;
        var truncated = false;
        var pages = _table.PagesAsync(InvocationRows.FilterSince(minute), perPage: 1000, columns: null, cancellationToken);
        await foreach (var row in pages.SelectMany(page => page.Values))
        {
            if (++rows > maximumRows)
            {
                truncated = true;
                break;
            }

            if (InvocationRows.At(row) >= minute)
            {
                var name = InvocationRows.Function(row);
                if (!functions.TryGetValue(name, out var totals))
                {
                    functions[name] = totals = new FunctionTotals();
                }

                totals.Add(row);
            }
        }

        return new ColdStartReport(
            minute,
            functions.Values.Sum(totals => totals.Count),
            functions.Values.Sum(totals => totals.Cold),
            truncated,
            [.. functions.Select(entry => entry.Value.Report(entry.Key))]);
    }

    /// <summary>Sums up the rows of one function.</summary>
    private sealed class FunctionTotals
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

        // The histogram's quantiles are accurate to about 1 %, so more than three decimals would suggest more precision than they have.
        private static double Quantile(LatencyHistogram durations, double q) => Math.Round(durations.Quantile(q), 3);
    }
}

/// <summary>A report about the app's invocations on all instances since a given time.</summary>
/// <param name="Since">The start of the reported period in UTC, rounded down to the minute.</param>
/// <param name="Invocations">The number of cold and warm invocations.</param>
/// <param name="ColdStarts">The number of invocations that were the first in their process.</param>
/// <param name="Truncated">Whether there were too many rows to read. If so, the report omits the oldest records.</param>
/// <param name="Functions">The invocations of each function, sorted by name.</param>
public sealed record ColdStartReport(
    DateTimeOffset Since, long Invocations, long ColdStarts, bool Truncated, IReadOnlyList<ColdStartReport.Function> Functions)
{
    /// <summary>Statistics about the invocations of one function. Each quantile is within 1 % of the exact value.</summary>
    /// <param name="Name">The function's name.</param>
    /// <param name="Count">The number of cold and warm invocations.</param>
    /// <param name="Cold">The number of cold invocations.</param>
    /// <param name="Failed">The number of invocations that ended with an exception or with a 5xx response.</param>
    /// <param name="P50Ms">The median duration of cold and warm invocations in milliseconds.</param>
    /// <param name="P95Ms">The 95th percentile of the durations in milliseconds.</param>
    /// <param name="P99Ms">The 99th percentile of the durations in milliseconds.</param>
    /// <param name="Phases">The durations of the startup phases in cold invocations, keyed by the name of the phase.</param>
    public sealed record Function(
        string Name,
        long Count,
        long Cold,
        long Failed,
        double P50Ms,
        double P95Ms,
        double P99Ms,
        IReadOnlyDictionary<string, Quantiles> Phases);

    /// <summary>Quantiles of durations in milliseconds.</summary>
    public sealed record Quantiles(double P50Ms, double P95Ms, double P99Ms);
}
