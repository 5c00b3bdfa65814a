using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Deletes invocation records that are older than the retention period.</summary>
public sealed class InvocationRetention(TableServiceClient tables, TimeProvider time)
{
    /// <summary>The retention period of invocation records.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(31);

    /// <summary>The maximum number of rows that one run deletes. The next run deletes the remaining rows.</summary>
    private const int MaximumRows = 50_000;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    private readonly Table _table = new(tables, InvocationRows.TableName);

    /// <returns>The number of deleted rows.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var filter = InvocationRows.FilterBefore(time.GetUtcNow() - Period);
        var deleted = 0;
        await foreach (var page in _table.PagesAsync(filter, perPage: 1000, KeyColumns, cancellationToken))
        {
            foreach (var chunk in page.Values.GroupBy(row => row.PartitionKey).SelectMany(rows => rows.Chunk(Table.TransactionSize)))
            {
                if (!await _table.TryDeleteAsync(chunk, cancellationToken))
                {
                    // A concurrent run is deleting the same rows, so this run stops.
                    return deleted;
                }

                deleted += chunk.Length;
            }

            if (deleted >= MaximumRows)
            {
                break;
            }
        }

        return deleted;
    }
}
