using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Cart.Stores;

/// <summary>
/// Removes carts that expired before today from the tables of <see cref="TableCartStore"/>. Redis removes expired carts itself.
/// </summary>
public sealed class CartSweep(TableServiceClient tables, TimeProvider time)
{
    /// <summary>
    /// The maximum number of index rows that a run reads. This keeps the run within its time limit. The next run continues with the
    /// remaining rows.
    /// </summary>
    private const int MostRows = 20_000;

    private const int Concurrency = 8;
    private const int PageSize = 1000;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];
    private static readonly string[] ExpiryColumns = [TableCartStore.ExpiresAtColumn];

    private readonly Table _carts = new(tables, TableCartStore.TableName);
    private readonly Table _index = new(tables, TableCartStore.IndexName);

    /// <returns>The number of carts that were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = CartExpiryDay.Of(now).ToString();
        var pages = _index.PagesAsync(TableClient.CreateQueryFilter($"PartitionKey lt {today}"), PageSize, KeyColumns, cancellationToken);
        var (read, removed) = (0, 0);
        await foreach (var page in pages)
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
            read += page.Values.Count;
            if (read >= MostRows)
            {
                break;
            }
        }

        return removed;
    }

    /// <summary>
    /// Removes a cart if it has expired. A cart whose expiry was postponed is kept. The index contains another row for it under its
    /// new expiry day, so a later run removes the cart.
    /// </summary>
    private async Task<bool> TryRemoveAsync(string storageKey, DateTimeOffset now, CancellationToken cancellationToken) =>
        await _carts.FindAsync(storageKey, TableCartStore.Row, cancellationToken, ExpiryColumns) is { } row
        && row.GetDateTimeOffset(TableCartStore.ExpiresAtColumn) <= now
        && await _carts.TryDeleteAsync(storageKey, TableCartStore.Row, row.ETag, cancellationToken);

    private async Task RemoveEntriesAsync(IEnumerable<TableEntity> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.GroupBy(entry => entry.PartitionKey).SelectMany(partition => partition.Chunk(Table.TransactionSize)))
        {
            // The call returns false when another run has already removed some of these rows. The next run removes the rest.
            await _index.TryDeleteAsync(chunk, cancellationToken);
        }
    }
}
