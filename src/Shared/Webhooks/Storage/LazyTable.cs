using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace ServerlessScale.Shared.Webhooks.Storage;

/// <summary>A table that is made by the first write of a new deployment; until then it is empty.</summary>
internal sealed class LazyTable(TableServiceClient tables, string name)
{
    private readonly TableClient _table = tables.GetTableClient(name);

    public async Task<TableEntity?> FindAsync(string partition, string key, CancellationToken cancellationToken)
    {
        var found = await _table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <returns>False when there is such a row.</returns>
    public async Task<bool> TryAddAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await CreatingIfMissingAsync(() => _table.AddEntityAsync(row, cancellationToken), cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Replaces the columns that <paramref name="columns"/> has; others stay.</summary>
    /// <returns>False when the row has changed since it had this ETag, or is gone.</returns>
    public async Task<bool> TryMergeAsync(TableEntity columns, ETag etag, CancellationToken cancellationToken)
    {
        try
        {
            await _table.UpdateEntityAsync(columns, etag, TableUpdateMode.Merge, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    /// <returns>False when one of the actions met a row that has changed, is there already, or is gone; then none was carried out.</returns>
    public async Task<bool> TryCommitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken)
    {
        try
        {
            await CreatingIfMissingAsync(() => _table.SubmitTransactionAsync(actions, cancellationToken), cancellationToken);
            return true;
        }
        catch (TableTransactionFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    /// <summary>Rows of one partition between two keys, both excluded, in ascending order.</summary>
    public IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string partition, string after, string before, string? further, int perPage, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {before}");
        return PagesAsync(further is null ? range : $"{range} and {further}", perPage, columns, cancellationToken);
    }

    /// <summary>Rows of all partitions that the filter lets through.</summary>
    public async IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string filter, int perPage, IEnumerable<string>? columns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = _table.QueryAsync<TableEntity>(filter, perPage, columns, cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (await MoveNextIfPresentAsync(pages))
        {
            yield return pages.Current;
        }
    }

    /// <summary>Deletes rows of one partition, at most a hundred. Rows that are gone already make the whole call a no-op, to be repeated.</summary>
    public Task<bool> TryDeleteAsync(IEnumerable<TableEntity> rows, CancellationToken cancellationToken) => TryCommitAsync(
        [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All))], cancellationToken);

    private static async Task<bool> MoveNextIfPresentAsync(IAsyncEnumerator<Page<TableEntity>> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            return false;
        }
    }

    private async Task CreatingIfMissingAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await write();
        }
    }
}
