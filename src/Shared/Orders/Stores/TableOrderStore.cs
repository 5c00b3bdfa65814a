using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders.Stores;

/// <summary>
/// Stores orders in the <c>Orders</c> table. Each shard is a partition. Each row is an order, a key record or an unsent event. A commit is
/// an entity group transaction. Table Storage is strongly consistent, so there are no sessions. An expired key record is retained until its
/// key is used again.
/// </summary>
public sealed class TableOrderStore(TableServiceClient tables) : IOrderStore
{
    private const string OrderColumn = "Order";
    private const string EventColumn = "Event";
    private const string OrderIdColumn = "OrderId";
    private const string FingerprintColumn = "Fingerprint";
    private const string ExpiresAtColumn = "ExpiresAt";
    private const string MonthsColumn = "Months";

    private readonly Table _table = new(tables, "Orders");

    public string Kind => "tables";

    public Task<CommitReceipt?> TryCreateAsync(OrderCreation creation, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(creation.Shard);
        return TryCommitAsync(
            [
                new(TableTransactionActionType.Add, OrderRow(partition, creation.Order)),
                KeyAction(partition, creation.Key, creation.Expired),
                new(TableTransactionActionType.Add, EventRow(partition, creation.Event)),
            ],
            cancellationToken);
    }

    public Task<CommitReceipt?> TryChangeAsync(OrderShard shard, OrderUpdate update, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(shard);
        return TryCommitAsync(
            [
                new(TableTransactionActionType.UpdateReplace, OrderRow(partition, update.Changed), new ETag(update.Read.StoreETag)),
                new(TableTransactionActionType.Add, EventRow(partition, update.Event)),
            ],
            cancellationToken);
    }

    public async Task<bool> TryAddKeyAsync(OrderShard shard, KeyRecord key, StoredKey? expired, CancellationToken cancellationToken) =>
        await TryCommitAsync([KeyAction(PartitionOf(shard), key, expired)], cancellationToken) is not null;

    public async Task<StoredKey?> FindKeyAsync(OrderShard shard, string keyId, CancellationToken cancellationToken) =>
        await FindRowAsync(shard, keyId, cancellationToken) is { } row
            ? new StoredKey(
                new KeyRecord
                {
                    Id = keyId,
                    OrderId = row.GetString(OrderIdColumn),
                    Fingerprint = row.GetString(FingerprintColumn),
                    ExpiresAt = row.GetDateTimeOffset(ExpiresAtColumn) ?? throw Unreadable(row),
                },
                row.ETag.ToString())
            : null;

    public async Task<StoredOrder?> FindLatestAsync(OrderShard shard, OrderId id, CancellationToken cancellationToken) =>
        await FindRowAsync(shard, id.Value, cancellationToken) is { } row
            ? new StoredOrder(ReadOrder(row), row.ETag.ToString(), Session: null)
            : null;

    public Task<StoredOrder?> FindAsync(OrderShard shard, OrderId id, string? session, CancellationToken cancellationToken) =>
        FindLatestAsync(shard, id, cancellationToken);

    public async Task<OrderPage> ListAsync(
        OrderShard shard, OrderId? after, int limit, string? session, CancellationToken cancellationToken)
    {
        var pages = _table.PagesAsync(
            PartitionOf(shard), after?.Value ?? OrderId.Prefix, OrderId.End, further: null, perPage: limit + 1, [OrderColumn], cancellationToken);
        var orders = new List<Order>(limit);
        await foreach (var page in pages)
        {
            foreach (var row in page.Values)
            {
                if (orders.Count == limit)
                {
                    return new OrderPage(orders, HasMore: true);
                }

                orders.Add(ReadOrder(row));
            }
        }

        return new OrderPage(orders, HasMore: false);
    }

    public Task AddMonthAsync(OrderShard shard, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(MonthIndex.ShardOf(shard.CustomerId));
        return _table.UpdateAsync(
            partition,
            MonthIndex.Id,
            row =>
            {
                var index = ReadMonths(row);
                return index.Contains(shard.Month)
                    ? null
                    : new TableEntity(partition, MonthIndex.Id) { [MonthsColumn] = string.Join(',', index.With(shard.Month).Months) };
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<OrderMonth>> MonthsAsync(string customerId, CancellationToken cancellationToken) =>
        ReadMonths(await FindRowAsync(MonthIndex.ShardOf(customerId), MonthIndex.Id, cancellationToken)).NewestFirst();

    public async Task<EventEnvelope?> FindEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken)
    {
        if (await FindRowAsync(shard, eventId, cancellationToken) is not { } row)
        {
            return null;
        }

        return EventEnvelope.TryParse(row.GetString(EventColumn), out var envelope) ? envelope : throw Unreadable(row);
    }

    public Task RemoveEventAsync(OrderShard shard, string eventId, CancellationToken cancellationToken) =>
        _table.TryDeleteAsync(PartitionOf(shard), eventId, ETag.All, cancellationToken);

    /// <summary>
    /// Reads the orders of all customers whose rows were written at or after <paramref name="since"/>. It scans the table, so only tools use
    /// it.
    /// </summary>
    internal async IAsyncEnumerable<Order> ChangedSinceAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey gt {OrderId.Prefix} and RowKey lt {OrderId.End} and Timestamp ge {since}");
        await foreach (var page in _table.PagesAsync(filter, perPage: 1000, columns: null, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                yield return ReadOrder(row);
            }
        }
    }

    private static string PartitionOf(OrderShard shard) =>
        $"{CustomerKey.Of(shard.CustomerId)}-{shard.Month.ToCompactString()}";

    private static TableEntity OrderRow(string partition, Order order) => new(partition, order.Id)
    {
        [OrderColumn] = JsonSerializer.Serialize(order, OrderJson.Default.Order),
    };

    private static TableTransactionAction KeyAction(string partition, KeyRecord key, StoredKey? expired)
    {
        var row = new TableEntity(partition, key.Id)
        {
            [OrderIdColumn] = key.OrderId,
            [FingerprintColumn] = key.Fingerprint,
            [ExpiresAtColumn] = key.ExpiresAt,
        };
        return expired is null
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, new ETag(expired.StoreETag));
    }

    private static TableEntity EventRow(string partition, EventEnvelope envelope) => new(partition, envelope.Id)
    {
        [EventColumn] = envelope.ToJson(),
    };

    private static Order ReadOrder(TableEntity row) =>
        JsonSerializer.Deserialize(row.GetString(OrderColumn), OrderJson.Default.Order) ?? throw Unreadable(row);

    private static MonthIndex ReadMonths(TableEntity? row) => new(row?.GetString(MonthsColumn).Split(',') ?? []);

    private static InvalidDataException Unreadable(TableEntity row) => new($"Row {row.RowKey} in the Orders table cannot be read.");

    private Task<TableEntity?> FindRowAsync(OrderShard shard, string key, CancellationToken cancellationToken) =>
        _table.FindAsync(PartitionOf(shard), key, cancellationToken);

    private async Task<CommitReceipt?> TryCommitAsync(TableTransactionAction[] actions, CancellationToken cancellationToken) =>
        await _table.TryCommitAsync(actions, cancellationToken) ? new CommitReceipt(Session: null) : null;
}
