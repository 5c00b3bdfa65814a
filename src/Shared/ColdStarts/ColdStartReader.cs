using Azure;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Reads what all instances recorded.</summary>
public sealed class ColdStartReader(TableServiceClient tables)
{
    /// <summary>Rows that one report reads at most: some 50 requests to storage.</summary>
    public const int MaximumRows = 50_000;

    /// <param name="since">Rounded down to the minute.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="maximumRows">Past it the report is truncated, oldest hours first.</param>
    /// <exception cref="RequestFailedException">Storage refused.</exception>
    public async Task<ColdStartReport> ReadAsync(
        DateTimeOffset since, CancellationToken cancellationToken, int maximumRows = MaximumRows)
    {
        var minute = new DateTimeOffset(since.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var functions = new SortedDictionary<string, FunctionTotals>(StringComparer.Ordinal);
        var rows = 0;
        var truncated = false;
        try
        {
            var table = tables.GetTableClient(InvocationRows.TableName);
            await foreach (var row in table.QueryAsync<TableEntity>(
                InvocationRows.FilterSince(minute), maxPerPage: 1000, cancellationToken: cancellationToken))
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
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The table is made with the first record.
        }

        return new ColdStartReport(
            minute,
            functions.Values.Sum(totals => totals.Count),
            functions.Values.Sum(totals => totals.Cold),
            truncated,
            [.. functions.Select(entry => entry.Value.Report(entry.Key))]);
    }
}
