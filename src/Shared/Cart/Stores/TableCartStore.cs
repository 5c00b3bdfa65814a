using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Cart.Stores;

/// <summary>
/// Stores each cart in its own partition of the <c>Carts</c> table. The <c>CartExpiry</c> table indexes the carts by expiry day; see
/// <see cref="CartExpiryDay"/>. An index row is written before its cart, so that every cart has an index row.
/// </summary>
public sealed class TableCartStore(TableServiceClient tables, TimeProvider time) : ICartStore
{
    internal const string TableName = "Carts";
    internal const string IndexName = "CartExpiry";
    internal const string Row = "cart";
    internal const string ExpiresAtColumn = "ExpiresAt";

    private const string CartColumn = "Cart";

    private readonly Table _carts = new(tables, TableName);
    private readonly Table _index = new(tables, IndexName);

    public async Task<StoredCart?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        if (await _carts.FindAsync(session.StorageKey, Row, cancellationToken) is not { } row)
        {
            return null;
        }

        var cart = JsonSerializer.Deserialize(row.GetString(CartColumn), CartJson.Default.ShoppingCart)
            ?? throw new InvalidDataException($"Row {row.PartitionKey} in the {TableName} table cannot be read.");
        return cart.ExpiresAt > time.GetUtcNow() ? new StoredCart(cart, row.ETag.ToString()) : null;
    }

    public async Task AddAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken)
    {
        await IndexAsync(session, cart, cancellationToken);
        // The client library repeats a write whose response was lost. A repeated insert would fail with a conflict, but a repeated upsert
        // succeeds. The session is new, so the upsert cannot overwrite another cart.
        await _carts.UpsertAsync(RowOf(session, cart), cancellationToken);
    }

    public async Task<bool> TryReplaceAsync(SessionId session, StoredCart read, ShoppingCart changed, CancellationToken cancellationToken)
    {
        if (CartExpiryDay.Of(changed.ExpiresAt) != CartExpiryDay.Of(read.Cart.ExpiresAt))
        {
            await IndexAsync(session, changed, cancellationToken);
        }

        return await _carts.TryReplaceAsync(RowOf(session, changed), new ETag(read.StoreETag), cancellationToken);
    }

    public Task<bool> TryRemoveAsync(SessionId session, StoredCart read, CancellationToken cancellationToken) =>
        _carts.TryDeleteAsync(session.StorageKey, Row, new ETag(read.StoreETag), cancellationToken);

    private static TableEntity RowOf(SessionId session, ShoppingCart cart) => new(session.StorageKey, Row)
    {
        [CartColumn] = JsonSerializer.Serialize(cart, CartJson.Default.ShoppingCart),
        [ExpiresAtColumn] = cart.ExpiresAt,
    };

    private Task IndexAsync(SessionId session, ShoppingCart cart, CancellationToken cancellationToken) => _index.UpsertAsync(
        new TableEntity(CartExpiryDay.Of(cart.ExpiresAt).PartitionOf(session.StorageKey), session.StorageKey), cancellationToken);
}

/// <summary>
/// The UTC day on which a cart expires. The index is partitioned by this day, so that the sweep reads only the partitions of past days.
/// </summary>
internal readonly record struct CartExpiryDay
{
    private CartExpiryDay(DateOnly day) => Day = day;

    private DateOnly Day { get; }

    public static CartExpiryDay Of(DateTimeOffset moment) => new(DateOnly.FromDateTime(moment.UtcDateTime));

    /// <summary>
    /// Returns the index partition of a cart. Each day has 64 partitions, because a single partition accepts only 2,000 writes per second
    /// (learn.microsoft.com/azure/storage/tables/scalability-targets). The first character of the storage key selects the partition.
    /// </summary>
    public string PartitionOf(string storageKey) => $"{this}{storageKey[0]}";

    /// <summary>
    /// Returns the day as <c>yyyyMMdd</c>. This string sorts after the partitions of all earlier days and before the partitions of this
    /// day.
    /// </summary>
    public override string ToString() => Day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
