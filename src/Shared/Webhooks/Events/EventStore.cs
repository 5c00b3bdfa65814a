using System.Text.Json;
using Azure.Data.Tables;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks.Events;

/// <summary>
/// The <c>WebhookEvents</c> table, the history of each customer's events. Each customer has a partition, in which newer events sort first.
/// Each event has a second row, by which its id leads to its key. One transaction adds both rows, so an event is stored completely or not
/// at all, and an event that arrives twice is stored once.
/// </summary>
public sealed class EventStore(TableServiceClient tables)
{
    private const string EventPrefix = "t_";
    private const string IndexPrefix = "i_";
    private const string IdColumn = "EventId";
    private const string TypeColumn = "Type";
    private const string PayloadColumn = "Payload";
    private const string KeyColumn = "Key";
    private const int PageSize = 1000;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey"];

    private readonly Table _table = new(tables, "WebhookEvents");

    /// <summary>Stores an event, unless it is stored already.</summary>
    /// <param name="payload">The event's payload as JSON in UTF-8. It fits into a column, because it comes from a queue message.</param>
    public Task AddAsync(EventEnvelope envelope, byte[] payload, CancellationToken cancellationToken)
    {
        var partition = CustomerKey.Of(envelope.CustomerId);
        var key = EventKey.Of(envelope.Id, envelope.Timestamp);
        TableTransactionAction[] actions =
        [
            new(TableTransactionActionType.Add, new TableEntity(partition, EventPrefix + key)
            {
                [IdColumn] = envelope.Id,
                [TypeColumn] = envelope.Type,
                [PayloadColumn] = payload,
            }),
            new(TableTransactionActionType.Add, new TableEntity(partition, IndexPrefix + EventKey.HashOf(envelope.Id)) { [KeyColumn] = key }),
        ];
        return _table.TryCommitAsync(actions, cancellationToken);
    }

    /// <returns>The event; null when the customer has no event with this id.</returns>
    public async Task<StoredEvent?> FindAsync(string customerId, string eventId, CancellationToken cancellationToken)
    {
        var partition = CustomerKey.Of(customerId);
        return await _table.FindAsync(partition, IndexPrefix + EventKey.HashOf(eventId), cancellationToken) is { } index
            && await _table.FindAsync(partition, EventPrefix + index.GetString(KeyColumn), cancellationToken) is { } row
            && row.GetString(IdColumn) == eventId
                ? Read(row)
                : null;
    }

    /// <summary>Lists a customer's events, newest first.</summary>
    /// <param name="after">The key of the last event of the previous page; null for the first page.</param>
    /// <param name="since">Skips events that happened before this time; null for no limit.</param>
    /// <param name="type">Skips events of other types; null for all types.</param>
    /// <param name="limit">
    /// The maximum number of events to return. With a <paramref name="type"/>, a page can have fewer events or none even though more pages
    /// follow.
    /// </param>
    public async Task<EventPage> ListAsync(
        string customerId, string? after, DateTimeOffset? since, string? type, int limit, CancellationToken cancellationToken)
    {
        var partition = CustomerKey.Of(customerId);
        // The time in a key is reversed, so older events sort after newer events.
        var from = EventPrefix + after;
        var to = EventPrefix + (since is { } oldest ? ReverseTime.Of(oldest) : "") + FilteredScan.End;
        string? filter = null;
        string? scanned = null;
        if (type is not null)
        {
            (scanned, to) = await FilteredScan.RunAsync(_table, partition, from, to, TypeColumn, type, limit, cancellationToken);
            filter = TableClient.CreateQueryFilter($"Type eq {type}");
        }

        var found = new List<StoredEvent>(limit);
        await foreach (var page in _table.PagesAsync(partition, from, to, filter, limit + 1, columns: null, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                if (found.Count == limit)
                {
                    return new EventPage(found, found[^1].Key);
                }

                found.Add(Read(row));
            }
        }

        return new EventPage(found, scanned?[EventPrefix.Length..]);
    }

    /// <summary>Deletes the events of all customers that happened before <paramref name="moment"/>.</summary>
    /// <param name="most">The maximum number of events to delete, rounded up to a full transaction.</param>
    /// <returns>The number of deleted events.</returns>
    internal async Task<int> DeleteBeforeAsync(DateTimeOffset moment, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        // The loop asks for the next partition after each partition. It reads two rows or pages per customer instead of every row.
        for (var partition = await NextPartitionAsync("", cancellationToken);
            partition is not null && deleted < most;
            partition = await NextPartitionAsync(partition, cancellationToken))
        {
            deleted += await DeleteBeforeAsync(partition, moment, most - deleted, cancellationToken);
        }

        return deleted;
    }

    private async Task<int> DeleteBeforeAsync(string partition, DateTimeOffset moment, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        var (from, to) = (EventPrefix + ReverseTime.Of(moment) + FilteredScan.End, EventPrefix + FilteredScan.End);
        await foreach (var page in _table.PagesAsync(partition, from, to, further: null, PageSize, KeyColumns, cancellationToken))
        {
            // Each event has two rows.
            foreach (var rows in page.Values.Chunk(Table.TransactionSize / 2))
            {
                await _table.TryDeleteAsync(
                    rows.SelectMany(row => (TableEntity[])
                        [row, new TableEntity(partition, IndexPrefix + EventKey.HashIn(row.RowKey[EventPrefix.Length..]))]),
                    cancellationToken);
                deleted += rows.Length;
                if (deleted >= most)
                {
                    return deleted;
                }
            }
        }

        return deleted;
    }

    /// <returns>The next partition in ascending order; null when there is none.</returns>
    private async Task<string?> NextPartitionAsync(string partition, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey gt {partition}");
        await foreach (var page in _table.PagesAsync(filter, perPage: 1, KeyColumns, cancellationToken))
        {
            if (page.Values is [var first, ..])
            {
                return first.PartitionKey;
            }
        }

        return null;
    }

    private static StoredEvent Read(TableEntity row)
    {
        var payload = JsonSerializer.Deserialize(row.GetBinary(PayloadColumn), WebhookJson.Default.WebhookPayload)
            ?? throw new InvalidDataException($"Event {row.RowKey} cannot be read.");
        return new StoredEvent(row.GetString(IdColumn), payload.Type, payload.Timestamp, payload.Data, row.RowKey[EventPrefix.Length..]);
    }
}

/// <summary>An event as it was read from the store.</summary>
/// <param name="Timestamp">The UTC time at which the event happened.</param>
/// <param name="Data">The details of the event as a JSON object.</param>
/// <param name="Key">The event's key, which its deliveries share.</param>
public sealed record StoredEvent(string Id, string Type, DateTimeOffset Timestamp, JsonElement Data, string Key);

/// <summary>A page of a customer's events, newest first.</summary>
/// <param name="Next">The key of the event after which the next page starts; null on the last page.</param>
public sealed record EventPage(IReadOnlyList<StoredEvent> Events, string? Next);
