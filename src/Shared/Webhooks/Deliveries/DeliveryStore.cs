using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>
/// The <c>WebhookDeliveries</c> table. Each endpoint has a partition. Each row contains one delivery, and newer deliveries sort first. A
/// body always fits into a column, because it comes from a queue message, which cannot be larger than a column.
/// </summary>
public sealed class DeliveryStore(TableServiceClient tables)
{
    private const string DeliveryColumn = "Delivery";
    private const string StatusColumn = "Status";
    private const string BodyColumn = "Body";

    /// <summary>The maximum size of a column in bytes. Azure Table Storage allows 64 KiB.</summary>
    private const int LargestColumn = 60 * 1024;

    private const int TransactionSize = 100;

    private static readonly string[] WithoutBody = ["PartitionKey", "RowKey", "Timestamp", DeliveryColumn, StatusColumn];
    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    /// <summary>
    /// The JSON format of stored deliveries. Relaxed escaping keeps the JSON short, because the size of a column is limited.
    /// </summary>
    private static readonly WebhookJson Stored =
        new(new JsonSerializerOptions(WebhookJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly Table _table = new(tables, "WebhookDeliveries");

    /// <returns>False when the delivery already exists. In that case nothing is written.</returns>
    public Task<bool> TryAddAsync(DeliveryId id, Delivery delivery, byte[] body, CancellationToken cancellationToken)
    {
        var row = Row(id, delivery);
        row[BodyColumn] = body;
        return _table.TryAddAsync(row, cancellationToken);
    }

    public async Task<StoredDelivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        await _table.FindAsync(id.Endpoint.Value, id.Key, cancellationToken) is { } row ? Read(id, row) : null;

    /// <summary>Reads a delivery without its body.</summary>
    internal async Task<StoredDelivery?> FindWithoutBodyAsync(DeliveryId id, CancellationToken cancellationToken) =>
        await _table.FindAsync(id.Endpoint.Value, id.Key, cancellationToken, WithoutBody) is { } row ? Read(id, row) : null;

    /// <summary>Writes the delivery and leaves its body unchanged.</summary>
    /// <returns>False when the row has changed since <paramref name="read"/> or was deleted. In that case nothing is written.</returns>
    public Task<bool> TryReplaceAsync(StoredDelivery read, Delivery changed, CancellationToken cancellationToken) =>
        _table.TryMergeAsync(Row(read.Id, changed), read.ETag, cancellationToken);

    /// <summary>Lists an endpoint's deliveries without their bodies, newest first.</summary>
    /// <param name="after">The last delivery of the previous page; null for the first page.</param>
    /// <param name="since">Skips deliveries of events that happened before this time; null for no limit.</param>
    /// <param name="status">Skips deliveries with another status; null for all statuses.</param>
    /// <param name="limit">
    /// The maximum number of deliveries to return. With a <paramref name="status"/> filter, a page can have fewer deliveries or none even
    /// though more pages follow.
    /// </param>
    public async Task<DeliveryPage> ListAsync(
        EndpointId endpoint, DeliveryId? after, DateTimeOffset? since, DeliveryStatus? status, int limit, CancellationToken cancellationToken)
    {
        // The time in a key is reversed, so older deliveries sort after newer deliveries.
        var (from, to) = (after?.Key ?? "", since is { } oldest ? ReverseTime.Of(oldest) + FilteredScan.End : FilteredScan.End);
        string? filter = null;
        string? scanned = null;
        if (status is { } wanted)
        {
            (scanned, to) = await FilteredScan.RunAsync(_table, endpoint.Value, from, to, StatusColumn, wanted.ToString(), limit, cancellationToken);
            filter = TableClient.CreateQueryFilter($"Status eq {wanted.ToString()}");
        }

        var found = new List<StoredDelivery>(limit);
        await foreach (var page in _table.PagesAsync(endpoint.Value, from, to, filter, limit + 1, WithoutBody, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                if (found.Count == limit)
                {
                    return new DeliveryPage(found, found[^1].Id);
                }

                found.Add(Read(DeliveryId.OfRow(endpoint, row.RowKey), row));
            }
        }

        return new DeliveryPage(found, scanned is null ? null : DeliveryId.OfRow(endpoint, scanned));
    }

    /// <summary>Deletes an endpoint's deliveries of events that happened before <paramref name="moment"/>.</summary>
    /// <param name="most">The maximum number of deliveries to delete, rounded up to a full transaction.</param>
    /// <returns>The number of deleted deliveries. It is less than <paramref name="most"/> only when no such delivery remains.</returns>
    internal async Task<int> DeleteBeforeAsync(EndpointId endpoint, DateTimeOffset moment, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await foreach (var page in _table.PagesAsync(endpoint.Value, ReverseTime.Of(moment) + FilteredScan.End, FilteredScan.End, further: null, 1000, KeyColumns, cancellationToken))
        {
            foreach (var rows in page.Values.Chunk(TransactionSize))
            {
                await _table.TryDeleteAsync(rows, cancellationToken);
                deleted += rows.Length;
                if (deleted >= most)
                {
                    return deleted;
                }
            }
        }

        return deleted;
    }

    private static TableEntity Row(DeliveryId id, Delivery delivery) => new(id.Endpoint.Value, id.Key)
    {
        [DeliveryColumn] = Json(delivery),
        [StatusColumn] = delivery.Status.ToString(),
    };

    /// <summary>
    /// Serializes a delivery. Drops the oldest attempts until the JSON fits into a column. The JSON can be too large because each control
    /// character of a stored response is escaped as six characters.
    /// </summary>
    private static byte[] Json(Delivery delivery)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(delivery, Stored.Delivery);
        return json.Length <= LargestColumn || delivery.Attempts is [] ? json : Json(delivery with { Attempts = [.. delivery.Attempts.Skip(1)] });
    }

    private static StoredDelivery Read(DeliveryId id, TableEntity row) => new(
        id,
        JsonSerializer.Deserialize(row.GetBinary(DeliveryColumn), Stored.Delivery)
            ?? throw new InvalidDataException($"Delivery {id} cannot be read."),
        row.GetBinary(BodyColumn) ?? [],
        row.ETag);
}

/// <summary>A delivery as it was read from the store.</summary>
/// <param name="Body">The payload in UTF-8; empty when the delivery was read without it, as in a listing.</param>
/// <param name="ETag">The ETag of the row, for conditional writes.</param>
public sealed record StoredDelivery(DeliveryId Id, Delivery Delivery, byte[] Body, ETag ETag);

/// <summary>A page of an endpoint's deliveries, newest first.</summary>
/// <param name="Next">The id of the delivery after which the next page starts; null on the last page.</param>
public sealed record DeliveryPage(IReadOnlyList<StoredDelivery> Deliveries, DeliveryId? Next);
