using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Carts in the table <c>Carts</c>, each in a partition of its own, and an index of when they expire in the table
/// <c>CartExpiry</c>; see <see cref="CartExpiryDay"/>. An index row is written before the cart that it is about, so that no cart is
/// without one.
/// </summary>
public sealed class TableCartStore(TableServiceClient tables, TimeProvider time) : ICartStore
{
    internal const string TableName = "Carts";
    internal const string IndexName = "CartExpiry";
    internal const string Row = "cart";
    internal const string ExpiresAtColumn = "ExpiresAt";

    private const string CartColumn = "Cart";

    private readonly TableClient _carts = tables.GetTableClient(TableName);
    private readonly TableClient _index = tables.GetTableClient(IndexName);

    public async Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        var found = await _carts.GetEntityIfExistsAsync<TableEntity>(session.StorageKey, Row, cancellationToken: cancellationToken);
        if (found is not { HasValue: true, Value: { } row })
        {
            return null;
        }

        var cart = JsonSerializer.Deserialize(row.GetString(CartColumn), CartJson.Default.ShoppingCart)
            ?? throw new InvalidDataException($"The row {row.PartitionKey} of the table {TableName} cannot be read.");
        return cart.ExpiresAt > time.GetUtcNow() ? new StoredCart(cart, row.ETag.ToString()) : null;
    }

    public async Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken)
    {
        await IndexAsync(session, cart, cancellationToken);
        // Not an insertion: the client library would report its own first attempt as a conflict, after it had lost the answer.
        await CreatingTableIfMissingAsync(
            _carts, () => _carts.UpsertEntityAsync(RowOf(session, cart), TableUpdateMode.Replace, cancellationToken), cancellationToken);
    }

    public async Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken)
    {
        if (CartExpiryDay.Of(changed.ExpiresAt) != CartExpiryDay.Of(read.Cart.ExpiresAt))
        {
            await IndexAsync(session, changed, cancellationToken);
        }

        return await SucceedsAsync(() => _carts.UpdateEntityAsync(
            RowOf(session, changed), new ETag(read.StoreETag), TableUpdateMode.Replace, cancellationToken));
    }

    public Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken) =>
        SucceedsAsync(() => _carts.DeleteEntityAsync(session.StorageKey, Row, new ETag(read.StoreETag), cancellationToken));

    private static TableEntity RowOf(SessionId session, ShoppingCart cart) => new(session.StorageKey, Row)
    {
        [CartColumn] = JsonSerializer.Serialize(cart, CartJson.Default.ShoppingCart),
        [ExpiresAtColumn] = cart.ExpiresAt,
    };

    /// <returns>False when the row has changed or is gone; the client library takes a row that is not there for a successful deletion.</returns>
    private static async Task<bool> SucceedsAsync(Func<Task<Response>> write)
    {
        try
        {
            return (await write()).Status != 404;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
    }

    private Task IndexAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken)
    {
        var entry = new TableEntity(CartExpiryDay.Of(cart.ExpiresAt).PartitionOf(session.StorageKey), session.StorageKey);
        return CreatingTableIfMissingAsync(
            _index, () => _index.UpsertEntityAsync(entry, TableUpdateMode.Replace, cancellationToken), cancellationToken);
    }

    /// <summary>The first write of a new deployment pays for the table, not every start.</summary>
    private static async Task CreatingTableIfMissingAsync(TableClient table, Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
            await write();
        }
    }
}
