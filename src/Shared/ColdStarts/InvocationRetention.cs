using Azure;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Deletes the records that are too old for a report.</summary>
public sealed class InvocationRetention(TableServiceClient tables, TimeProvider time)
{
    /// <summary>How long records are stored.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(31);

    /// <summary>The most rows that one run deletes. The next run continues with the rest.</summary>
    private const int MaximumRows = 50_000;

    private const int TransactionSize = 100;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    /// <returns>The number of deleted rows.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var table = tables.GetTableClient(InvocationRows.TableName);
        var filter = InvocationRows.FilterBefore(time.GetUtcNow() - Period);
        var deleted = 0;
        try
        {
            await foreach (var page in table.QueryAsync<TableEntity>(filter, maxPerPage: 1000, KeyColumns, cancellationToken).AsPages())
            {
                foreach (var chunk in page.Values.GroupBy(row => row.PartitionKey).SelectMany(rows => rows.Chunk(TransactionSize)))
                {
                    await table.SubmitTransactionAsync(
                        chunk.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken);
                    deleted += chunk.Length;
                }

                if (deleted >= MaximumRows)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The table does not exist yet, or a concurrent run has deleted the same rows. The next run deletes what is left.
        }

        return deleted;
    }
}
