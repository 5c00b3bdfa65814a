using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// A table of Azure Table Storage that its first write creates, so that no start has to check for it. Reads of a table that does not
/// exist yet find nothing. A storage account that is down shows as a <see cref="RequestFailedException"/>.
/// </summary>
internal sealed class Table(TableServiceClient tables, string name)
{
    /// <summary>The service accepts at most this many operations in one entity group transaction.</summary>
    public const int TransactionSize = 100;

    private readonly TableClient _table = tables.GetTableClient(name);

    public string Name => name;

    /// <param name="columns">The columns to read; null for all of them.</param>
    /// <returns>Null when there is no such row.</returns>
    public async Task<TableEntity?> FindAsync(
        string partition, string key, CancellationToken cancellationToken, IEnumerable<string>? columns = null)
    {
        var found = await _table.GetEntityIfExistsAsync<TableEntity>(partition, key, columns, cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>
    /// Adds a row. The client library repeats a request whose response it has lost, so false may also mean that this very call has
    /// added the row.
    /// </summary>
    /// <returns>False when there is a row with this key.</returns>
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

    /// <summary>Adds the row, or replaces the row with its key whatever that contains.</summary>
    public Task UpsertAsync(TableEntity row, CancellationToken cancellationToken) =>
        CreatingIfMissingAsync(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken), cancellationToken);

    /// <summary>Replaces the given columns and leaves the others as they are.</summary>
    /// <returns>False when the row no longer has this ETag, or is gone.</returns>
    public Task<bool> TryMergeAsync(TableEntity columns, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.UpdateEntityAsync(columns, etag, TableUpdateMode.Merge, cancellationToken));

    /// <summary>Replaces the whole row.</summary>
    /// <returns>False when the row no longer has this ETag, or is gone.</returns>
    public Task<bool> TryReplaceAsync(TableEntity row, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken));

    /// <summary>Deletes one row.</summary>
    /// <returns>False when the row no longer has this ETag, or is gone.</returns>
    public Task<bool> TryDeleteAsync(string partition, string key, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.DeleteEntityAsync(partition, key, etag, cancellationToken));

    /// <summary>Deletes rows of one partition in one transaction, at most <see cref="TransactionSize"/>.</summary>
    /// <returns>False when one of the rows is gone; then none was deleted by this call.</returns>
    public Task<bool> TryDeleteAsync(IEnumerable<TableEntity> rows, CancellationToken cancellationToken) => TryCommitAsync(
        [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All))], cancellationToken);

    /// <summary>Carries out an entity group transaction: all actions or none. The actions name rows of one partition.</summary>
    /// <returns>False, and nothing is written, when a row was changed, exists already, or is gone.</returns>
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

    /// <summary>Reads a row, changes it and writes it back, by an <see cref="OptimisticUpdate"/>.</summary>
    /// <param name="change">
    /// Gets the row, or null when there is none. Returns the columns to write, or null to leave the row as it is. Runs once per attempt.
    /// </param>
    /// <exception cref="ContentionException">Other writers changed the row during every attempt.</exception>
    public Task UpdateAsync(
        string partition, string key, Func<TableEntity?, TableEntity?> change, CancellationToken cancellationToken) =>
        OptimisticUpdate.RunAsync<TableEntity?, TableEntity?>(
            () => FindAsync(partition, key, cancellationToken),
            async row =>
            {
                var changed = change(row);
                var written = changed is null
                    || (row is null
                        ? await TryAddAsync(changed, cancellationToken)
                        : await TryMergeAsync(changed, row.ETag, cancellationToken));
                return (written, changed);
            },
            cancellationToken);

    /// <summary>Rows of one partition whose keys are between <paramref name="after"/> and <paramref name="before"/>, both excluded, in ascending order.</summary>
    /// <param name="further">One more OData condition; null for none.</param>
    /// <param name="columns">The columns to read; null for all of them.</param>
    public IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string partition, string after, string before, string? further, int perPage, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {before}");
        return PagesAsync(further is null ? range : $"{range} and {further}", perPage, columns, cancellationToken);
    }

    /// <summary>Rows of all partitions that match an OData filter.</summary>
    /// <param name="columns">The columns to read; null for all of them.</param>
    public async IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string filter, int perPage, IEnumerable<string>? columns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = _table.QueryAsync<TableEntity>(filter, perPage, columns, cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (await MoveNextIfTableExistsAsync(pages))
        {
            yield return pages.Current;
        }
    }

    private static async Task<bool> MoveNextIfTableExistsAsync(IAsyncEnumerator<Page<TableEntity>> pages)
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

    private static async Task<bool> UnlessChangedAsync(Func<Task<Response>> write)
    {
        try
        {
            // The client library returns a deletion's 404 where it throws an update's.
            return (await write()).Status != 404;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
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
