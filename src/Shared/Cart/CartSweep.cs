using Azure;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.Cart;

/// <summary>Removes carts that expired before today from <see cref="TableCartStore"/>'s tables; Redis does that by itself.</summary>
public sealed class CartSweep(TableServiceClient tables, TimeProvider time)
{
    /// <summary>Index rows looked at in one run at most, so that it ends in time; the next run goes on.</summary>
    private const int MostRows = 20_000;

    private const int Concurrency = 8;
    private const int PageSize = 1000;
    private const int TransactionSize = 100;

    private static readonly string[] Keys = ["PartitionKey", "RowKey"];
    private static readonly string[] Expiry = [TableCartStore.ExpiresAtColumn];

    private readonly TableClient _carts = tables.GetTableClient(TableCartStore.TableName);
    private readonly TableClient _index = tables.GetTableClient(TableCartStore.IndexName);

    /// <returns>How many carts were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = CartExpiryDay.Of(now).ToString();
        var query = _index.QueryAsync<TableEntity>(
            row => row.PartitionKey.CompareTo(today) < 0, maxPerPage: PageSize, Keys, cancellationToken);
        var (looked, removed) = (0, 0);
        try
        {
            await foreach (var page in query.AsPages())
            {
                await Parallel.ForEachAsync(
                    page.Values, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
                    async (entry, cancellation) =>
                    {
                        if (await TryRemoveAsync(entry.RowKey, now, cancellation))
                        {
                            Interlocked.Increment(ref removed);
                        }
                    });
                await RemoveEntriesAsync(page.Values, cancellationToken);
                looked += page.Values.Count;
                if (looked >= MostRows)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // No table yet, or another run removes the same rows: what is left is for the next run.
        }

        return removed;
    }

    /// <summary>A cart that lives on is in the index again, on the day to which its expiry was put off.</summary>
    private async Task<bool> TryRemoveAsync(string storageKey, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await _carts.GetEntityIfExistsAsync<TableEntity>(storageKey, TableCartStore.Row, Expiry, cancellationToken);
        if (found is not { HasValue: true, Value: { } row } || row.GetDateTimeOffset(TableCartStore.ExpiresAtColumn) > now)
        {
            return false;
        }

        try
        {
            return (await _carts.DeleteEntityAsync(storageKey, TableCartStore.Row, row.ETag, cancellationToken)).Status != 404;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    private async Task RemoveEntriesAsync(IEnumerable<TableEntity> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.GroupBy(entry => entry.PartitionKey).SelectMany(partition => partition.Chunk(TransactionSize)))
        {
            await _index.SubmitTransactionAsync(
                chunk.Select(entry => new TableTransactionAction(TableTransactionActionType.Delete, entry, ETag.All)), cancellationToken);
        }
    }
}
