using Azure;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>Deletes records that are older than any report may ask for.</summary>
public sealed class InvocationRetention(TableServiceClient tables, TimeProvider time)
{
    /// <summary>How long records are kept.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(31);

    /// <summary>Rows deleted in one run at most; the next run goes on.</summary>
    private const int MaximumRows = 50_000;

    private const int TransactionSize = 100;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    /// <returns>How many rows were deleted.</returns>
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
            // No table yet, or another run deleted the same rows: what is left is for the next run.
        }

        return deleted;
    }
}
