using System.Text.Encodings.Web;
using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>
/// Table <c>WebhookDeliveries</c>: a partition is an endpoint, whose rows are its deliveries, newest first. A delivery's body fits in a
/// row, as events come by a queue, and queue messages are not larger than a column.
/// </summary>
public sealed class DeliveryStore(TableServiceClient tables)
{
    private const string DeliveryColumn = "Delivery";
    private const string StatusColumn = "Status";
    private const string BodyColumn = "Body";

    /// <summary>Bytes; Tables allow 64 KiB.</summary>
    private const int LargestColumn = 60 * 1024;

    private const int ScanPageSize = 1000;
    private const int MostScanPages = 5;

    private const int TransactionSize = 100;

    /// <summary>Sorts after every key of a delivery.</summary>
    private const string End = "~";

    private static readonly string[] WithoutBody = ["PartitionKey", "RowKey", "Timestamp", DeliveryColumn, StatusColumn];
    private static readonly string[] ScanColumns = ["PartitionKey", "RowKey", StatusColumn];
    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    /// <summary>Without escapes that the store does not need.</summary>
    private static readonly WebhookJson Stored =
        new(new JsonSerializerOptions(WebhookJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly Table _table = new(tables, "WebhookDeliveries");

    /// <returns>False when there is one already, which stays as it is.</returns>
    public Task<bool> TryAddAsync(DeliveryId id, Delivery delivery, byte[] body, CancellationToken cancellationToken)
    {
        var row = Row(id, delivery);
        row[BodyColumn] = body;
        return _table.TryAddAsync(row, cancellationToken);
    }

    public async Task<StoredDelivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        await _table.FindAsync(id.Endpoint.Value, id.Key, cancellationToken) is { } row ? Read(id, row) : null;

    /// <returns>False when it has changed since <paramref name="read"/>, or is gone; nothing is written then.</returns>
    public Task<bool> TryReplaceAsync(StoredDelivery read, Delivery changed, CancellationToken cancellationToken) =>
        _table.TryMergeAsync(Row(read.Id, changed), read.ETag, cancellationToken);

    /// <summary>An endpoint's deliveries without their bodies, newest first.</summary>
    /// <param name="after">Where the page before has ended; null for the newest.</param>
    /// <param name="since">No events from before this time; null for all.</param>
    /// <param name="status">Only these; null for all.</param>
    /// <param name="limit">How many at most. Where a status is rare there are fewer, even none, although more follow.</param>
    public async Task<DeliveryPage> ListAsync(
        EndpointId endpoint, DeliveryId? after, DateTimeOffset? since, DeliveryStatus? status, int limit, CancellationToken cancellationToken)
    {
        // Keys count time down: what is older sorts behind.
        var (from, to) = (after?.Key ?? "", since is { } oldest ? ReverseTime.Of(oldest) + End : End);
        string? filter = null;
        string? scanned = null;
        if (status is { } wanted)
        {
            (scanned, to) = await ScanAsync(endpoint, from, to, wanted.ToString(), limit, cancellationToken);
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

    /// <summary>
    /// Finds how far a page of a status reaches, by the rows' status alone: a bounded number of small rows, while a filter in the store
    /// would go on for as long as it finds nothing.
    /// </summary>
    /// <returns>The last row that was looked at, null when it was the last there is; and the end, excluded, of the range to read.</returns>
    private async Task<(string? Scanned, string To)> ScanAsync(
        EndpointId endpoint, string from, string to, string status, int limit, CancellationToken cancellationToken)
    {
        var matches = 0;
        var pages = 0;
        await foreach (var page in _table.PagesAsync(endpoint.Value, from, to, further: null, ScanPageSize, ScanColumns, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                matches += row.GetString(StatusColumn) == status ? 1 : 0;
                if (matches == limit)
                {
                    return (row.RowKey, row.RowKey + End);
                }
            }

            if (++pages == MostScanPages && page.ContinuationToken is not null && page.Values is [.., var last])
            {
                return (last.RowKey, last.RowKey + End);
            }
        }

        return (null, to);
    }

    /// <summary>Deletes an endpoint's deliveries of events from before this moment, a bounded number.</summary>
    /// <returns>How many were deleted; fewer than <paramref name="most"/> when no more are left.</returns>
    internal async Task<int> DeleteBeforeAsync(EndpointId endpoint, DateTimeOffset moment, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await foreach (var page in _table.PagesAsync(endpoint.Value, ReverseTime.Of(moment) + End, End, further: null, 1000, KeyColumns, cancellationToken))
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

    /// <summary>Answers of control characters take six times their size: what does not fit is forgotten, oldest first.</summary>
    private static byte[] Json(Delivery delivery)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(delivery, Stored.Delivery);
        return json.Length <= LargestColumn || delivery.Attempts is [] ? json : Json(delivery with { Attempts = [.. delivery.Attempts.Skip(1)] });
    }

    private static StoredDelivery Read(DeliveryId id, TableEntity row) => new(
        id,
        JsonSerializer.Deserialize(row.GetBinary(DeliveryColumn), Stored.Delivery)
            ?? throw new InvalidDataException($"The delivery {id} cannot be read."),
        row.GetBinary(BodyColumn) ?? [],
        row.ETag);
}
