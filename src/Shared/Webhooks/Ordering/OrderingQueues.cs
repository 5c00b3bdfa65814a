using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Ordering;

/// <summary>
/// The ordering queues of endpoints with ordered delivery. There is one queue per endpoint and event key, and each event in a queue waits
/// for the events before it. The queues are stored in the <c>WebhookKeys</c> table. Each endpoint has a partition, and each row contains
/// the ordering queue for one key. Every write is conditional on the row's ETag, so concurrent instances cannot overwrite each other's
/// changes.
/// </summary>
public sealed class OrderingQueues(TableServiceClient tables)
{
    private const string ProgressColumn = "Progress";

    private readonly Table _table = new(tables, "WebhookKeys");

    /// <summary>
    /// Adds an event to the ordering queue for its key. This method must be called before the event is queued for delivery. It is
    /// idempotent.
    /// </summary>
    /// <param name="orderedSince">
    /// The time at which ordered delivery was turned on. Deliveries do not wait for events that happened before this time.
    /// </param>
    /// <exception cref="ContentionException">
    /// The update failed repeatedly, because other events with the same key changed the ordering queue each time.
    /// </exception>
    public Task EnterAsync(EndpointId endpoint, EventPosition position, DateTimeOffset orderedSince, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, position.Key, progress => progress.Enter(position.Number, IsFirst(position, orderedSince)), cancellationToken);

    /// <summary>
    /// Marks an event as settled because it will not be sent to this endpoint. Later events with the same key then do not wait for it.
    /// </summary>
    /// <inheritdoc cref="EnterAsync"/>
    public Task PassAsync(EndpointId endpoint, EventPosition position, DateTimeOffset orderedSince, CancellationToken cancellationToken) =>
        ChangeAsync(
            endpoint, position.Key, progress => progress.Enter(position.Number, IsFirst(position, orderedSince)).Settle(position.Number), cancellationToken);

    /// <summary>Marks an event as settled because its delivery has succeeded or finally failed. This method is idempotent.</summary>
    /// <exception cref="ContentionException">
    /// The update failed repeatedly, because other events with the same key changed the ordering queue each time.
    /// </exception>
    public Task SettleAsync(EndpointId endpoint, EventPosition position, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, position.Key, progress => progress.Settle(position.Number), cancellationToken);

    public async Task<OrderingTurn> TurnOfAsync(EndpointId endpoint, EventPosition position, CancellationToken cancellationToken) =>
        Read(await _table.FindAsync(endpoint.Value, RowOf(position.Key), cancellationToken)).TurnOf(position.Number);

    /// <summary>Deletes the ordering queues that have not changed since <paramref name="moment"/>.</summary>
    /// <returns>The number of deleted queues.</returns>
    internal async Task<int> DeleteUnchangedSinceAsync(EndpointId endpoint, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var deleted = 0;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {endpoint.Value} and Timestamp lt {moment}");
        await foreach (var page in _table.PagesAsync(filter, perPage: 1000, ["PartitionKey", "RowKey"], cancellationToken))
        {
            foreach (var rows in page.Values.Chunk(Table.TransactionSize))
            {
                await _table.TryDeleteAsync(rows, cancellationToken);
                deleted += rows.Length;
            }
        }

        return deleted;
    }

    private static bool IsFirst(EventPosition position, DateTimeOffset orderedSince) =>
        position.PreviousAt is not { } previous || previous < orderedSince;

    private static string RowOf(string key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static OrderingProgress Read(TableEntity? row) => row is null
        ? OrderingProgress.None
        : JsonSerializer.Deserialize(row.GetString(ProgressColumn), WebhookJson.Default.OrderingProgress) ?? OrderingProgress.None;

    private Task ChangeAsync(
        EndpointId endpoint, string key, Func<OrderingProgress, OrderingProgress> change, CancellationToken cancellationToken) =>
        _table.UpdateAsync(
            endpoint.Value,
            RowOf(key),
            row =>
            {
                var before = Read(row);
                var after = change(before);
                return ReferenceEquals(before, after)
                    ? null
                    : new TableEntity(endpoint.Value, RowOf(key))
                    {
                        [ProgressColumn] = JsonSerializer.Serialize(after, WebhookJson.Default.OrderingProgress),
                    };
            },
            cancellationToken);
}
