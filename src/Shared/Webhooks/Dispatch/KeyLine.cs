using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// Table <c>WebhookKeys</c>, where the events of a key stand in line for an ordered endpoint: a partition is an endpoint, a row is a key.
/// Every change is conditional on the row, so that instances agree without knowing of each other.
/// </summary>
public sealed class KeyLine(TableServiceClient tables)
{
    private const string ProgressColumn = "Progress";
    private const int MostAttempts = 20;

    private readonly Table _table = new(tables, "WebhookKeys");

    /// <summary>Before an event is queued for an endpoint. Safe to repeat at any time.</summary>
    /// <param name="orderedSince">Events of the key from before then are not waited for.</param>
    public Task EnterAsync(EndpointId endpoint, EventPosition position, DateTimeOffset orderedSince, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, position.Key, progress => progress.Enter(position.Number, IsFirst(position, orderedSince)), cancellationToken);

    /// <summary>For an event that is not going to be sent.</summary>
    /// <inheritdoc cref="EnterAsync"/>
    public Task PassAsync(EndpointId endpoint, EventPosition position, DateTimeOffset orderedSince, CancellationToken cancellationToken) =>
        ChangeAsync(
            endpoint, position.Key, progress => progress.Enter(position.Number, IsFirst(position, orderedSince)).Settle(position.Number), cancellationToken);

    /// <summary>When an event was delivered or given up. Safe to repeat.</summary>
    public Task SettleAsync(EndpointId endpoint, EventPosition position, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, position.Key, progress => progress.Settle(position.Number), cancellationToken);

    public async Task<KeyTurn> TurnOfAsync(EndpointId endpoint, EventPosition position, CancellationToken cancellationToken) =>
        Read(await _table.FindAsync(endpoint.Value, RowOf(position.Key), cancellationToken)).TurnOf(position.Number);

    /// <summary>Forgets keys that nothing has happened to since this moment.</summary>
    /// <returns>How many were deleted.</returns>
    internal async Task<int> DeleteUnchangedSinceAsync(EndpointId endpoint, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var deleted = 0;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {endpoint.Value} and Timestamp lt {moment}");
        await foreach (var page in _table.PagesAsync(filter, perPage: 1000, ["PartitionKey", "RowKey"], cancellationToken))
        {
            foreach (var rows in page.Values.Chunk(100))
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

    private static KeyProgress Read(TableEntity? row) => row is null
        ? KeyProgress.None
        : JsonSerializer.Deserialize(row.GetString(ProgressColumn), WebhookJson.Default.KeyProgress) ?? KeyProgress.None;

    private async Task ChangeAsync(
        EndpointId endpoint, string key, Func<KeyProgress, KeyProgress> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var row = await _table.FindAsync(endpoint.Value, RowOf(key), cancellationToken);
            var before = Read(row);
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return;
            }

            var changed = new TableEntity(endpoint.Value, RowOf(key))
            {
                [ProgressColumn] = JsonSerializer.Serialize(after, WebhookJson.Default.KeyProgress),
            };
            if (row is null ? await _table.TryAddAsync(changed, cancellationToken) : await _table.TryMergeAsync(changed, row.ETag, cancellationToken))
            {
                return;
            }
        }

        throw new TimeoutException("The events of one key change its line too often at once.");
    }
}
