using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// A table in Azure Table Storage. The first write creates the table, so that the app need not check for it at every startup. If the
/// table does not exist yet, reads find no rows. If the storage account is unavailable, each method throws a
/// <see cref="RequestFailedException"/>.
/// </summary>
internal sealed class Table(TableServiceClient tables, string name)
{
    /// <summary>The maximum number of operations that the service accepts in one entity group transaction.</summary>
    public const int TransactionSize = 100;

    private readonly TableClient _table = tables.GetTableClient(name);

    public string Name => name;

    /// <param name="columns">The columns to read; null for all columns.</param>
    /// <returns>The row; null when the row does not exist.</returns>
    public async Task<TableEntity?> FindAsync(
        string partition, string key, CancellationToken cancellationToken, IEnumerable<string>? columns = null)
    {
        var found = await _table.GetEntityIfExistsAsync<TableEntity>(partition, key, columns, cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>
    /// Adds a row. The client library repeats a request when it does not receive the response. A result of false can therefore also mean
    /// that the first request sent by this call added the row.
    /// </summary>
    /// <returns>False when a row with this key exists.</returns>
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

    /// <summary>Adds a row, like <see cref="TryAddAsync"/>.</summary>
    /// <returns>The ETag of the new row; null when a row with this key exists.</returns>
    public async Task<ETag?> AddAsync(TableEntity row, CancellationToken cancellationToken)
    {
        ETag? added = null;
        try
        {
            await CreatingIfMissingAsync(
                async () => added = (await _table.AddEntityAsync(row, cancellationToken)).Headers.ETag, cancellationToken);
            return added;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return null;
        }
    }

    /// <summary>Adds the row. If a row with the same key exists, replaces it unconditionally.</summary>
    public Task UpsertAsync(TableEntity row, CancellationToken cancellationToken) =>
        CreatingIfMissingAsync(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken), cancellationToken);

    /// <summary>Writes the given columns and leaves the other columns unchanged.</summary>
    /// <returns>False when the row no longer has this ETag or no longer exists.</returns>
    public Task<bool> TryMergeAsync(TableEntity columns, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.UpdateEntityAsync(columns, etag, TableUpdateMode.Merge, cancellationToken));

    /// <summary>Replaces all columns of the row.</summary>
    /// <returns>False when the row no longer has this ETag or no longer exists.</returns>
    public Task<bool> TryReplaceAsync(TableEntity row, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken));

    /// <summary>Replaces all columns of the row, like <see cref="TryReplaceAsync"/>.</summary>
    /// <returns>The new ETag; null when the row no longer has this ETag or no longer exists.</returns>
    public async Task<ETag?> ReplaceAsync(TableEntity row, ETag etag, CancellationToken cancellationToken)
    {
        ETag? replaced = null;
        return await UnlessChangedAsync(async () =>
            {
                var response = await _table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken);
                replaced = response.Headers.ETag;
                return response;
            })
            ? replaced
            : null;
    }

    /// <summary>Deletes one row.</summary>
    /// <returns>False when the row no longer has this ETag or no longer exists.</returns>
    public Task<bool> TryDeleteAsync(string partition, string key, ETag etag, CancellationToken cancellationToken) =>
        UnlessChangedAsync(() => _table.DeleteEntityAsync(partition, key, etag, cancellationToken));

    /// <summary>Deletes up to <see cref="TransactionSize"/> rows in one partition in a single transaction.</summary>
    /// <returns>False when one of the rows no longer exists. In this case, no row was deleted.</returns>
    public Task<bool> TryDeleteAsync(IEnumerable<TableEntity> rows, CancellationToken cancellationToken) => TryCommitAsync(
        [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All))], cancellationToken);

    /// <summary>
    /// Executes an entity group transaction, which performs either all actions or none. All rows must be in one partition.
    /// </summary>
    /// <returns>
    /// False when a row has changed since it was read, already exists, or no longer exists. In this case, nothing was written.
    /// </returns>
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

    /// <summary>Reads a row, changes it and writes it back using <see cref="OptimisticUpdate"/>.</summary>
    /// <param name="change">
    /// Receives the row, or null when the row does not exist. Returns the columns to write, or null to leave the row unchanged. Called once
    /// per attempt.
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

    /// <summary>
    /// Returns the rows in one partition whose keys are between <paramref name="after"/> and <paramref name="before"/>, both exclusive, in
    /// ascending order.
    /// </summary>
    /// <param name="further">An additional OData condition; null for no further condition.</param>
    /// <param name="columns">The columns to read; null for all columns.</param>
    public IAsyncEnumerable<Page<TableEntity>> PagesAsync(
        string partition, string after, string before, string? further, int perPage, IEnumerable<string>? columns, CancellationToken cancellationToken)
    {
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {before}");
        return PagesAsync(further is null ? range : $"{range} and {further}", perPage, columns, cancellationToken);
    }

    /// <summary>Returns the rows that match an OData filter, from all partitions.</summary>
    /// <param name="columns">The columns to read; null for all columns.</param>
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
            // For a 404, the client library returns the response if the request is a delete, but throws if it is an update.
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
