using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Sealing;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>The result of <see cref="IdempotencyStore.BeginAsync"/>.</summary>
public abstract record Beginning
{
    private Beginning()
    {
    }

    /// <summary>The request must perform the operation, and then end <paramref name="Run"/>.</summary>
    public sealed record Started(OperationRun Run) : Beginning;

    /// <summary>The operation is complete.</summary>
    /// <param name="BodyDigest">The digest of the first request's body; null unless the body was streamed.</param>
    public sealed record Completed(StoredResponse Response, string? BodyDigest) : Beginning;

    /// <summary>The request must not perform the operation.</summary>
    public sealed record Refused(Problem Problem) : Beginning;
}

/// <summary>
/// The <c>Idempotency</c> table, which contains the operations that clients started with an idempotency key. Each customer has a partition,
/// so the keys of different customers are independent. Orders have their own records, which are written in the order's transaction.
/// </summary>
public sealed class IdempotencyStore(TableServiceClient tables, Sealer sealer, IOptions<IdempotencyOptions> options, TimeProvider time)
{
    private const int MostAttempts = 3;

    /// <summary>The maximum number of rows that one run deletes. The next run deletes the remaining rows.</summary>
    private const int MostDeleted = 200_000;

    private static readonly string[] KeyColumns = ["PartitionKey", "RowKey", "Timestamp"];

    private readonly Table _table = new(tables, "Idempotency");

    /// <summary>
    /// Begins an operation, or finds its record. An expired record counts as absent. An operation whose lease has expired is continued,
    /// with the ids that its earlier request used.
    /// </summary>
    public async Task<Beginning> BeginAsync(string customerId, IdempotencyKey key, string fingerprint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var fresh = new OperationRecord
        {
            Partition = CustomerKey.Of(customerId),
            Key = key.RecordId,
            Fingerprint = fingerprint,
            Seed = RandomNumberGenerator.GetBytes(Operation.SeedBytes),
            StartedAt = now,
            Attempt = Guid.NewGuid().ToString("N"),
            LeaseUntil = now + options.Value.Lease,
        };
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await _table.AddAsync(fresh.ToRow(), cancellationToken) is { } added)
            {
                return Started(fresh, added, isRepeated: false);
            }

            if (await _table.FindAsync(fresh.Partition, fresh.Key, cancellationToken) is not { } row)
            {
                continue;
            }

            var known = OperationRecord.Read(row);
            if (known.Attempt == fresh.Attempt)
            {
                // The client library lost the response to the first request and repeated it.
                return Started(fresh, row.ETag, isRepeated: false);
            }

            if (known.StartedAt + IdempotencyKey.Lifetime > now)
            {
                return await JoinAsync(known, row.ETag, fresh, cancellationToken);
            }

            if (await TryWriteAsync(fresh, row.ETag, cancellationToken) is { } replaced)
            {
                return Started(fresh, replaced, isRepeated: false);
            }
        }

        return new Beginning.Refused(IdempotencyProblems.InFlight());
    }

    /// <summary>Deletes the records whose lifetime has ended.</summary>
    /// <returns>The number of deleted records.</returns>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"StartedAt lt {time.GetUtcNow() - IdempotencyKey.Lifetime}");
        var deleted = 0;
        await foreach (var page in _table.PagesAsync(filter, perPage: 1000, KeyColumns, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                // The ETag spares a record that has been replaced by the record of a new operation since it was read.
                deleted += await _table.TryDeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken) ? 1 : 0;
            }

            if (deleted >= MostDeleted)
            {
                break;
            }
        }

        return deleted;
    }

    /// <summary>Writes a record.</summary>
    /// <returns>The new ETag; null when another request has written the row.</returns>
    internal async Task<ETag?> TryWriteAsync(OperationRecord record, ETag etag, CancellationToken cancellationToken)
    {
        if (await _table.ReplaceAsync(record.ToRow(), etag, cancellationToken) is { } written)
        {
            return written;
        }

        // When the response to a write is lost, the client library repeats the write, which then fails. The row contains the attempt of
        // this request only if the first write succeeded.
        return await _table.FindAsync(record.Partition, record.Key, cancellationToken) is { } row
            && OperationRecord.Read(row).Attempt == record.Attempt
                ? row.ETag
                : null;
    }

    internal Task<ETag?> TryCompleteAsync(OperationRecord record, StoredResponse response, ETag etag, CancellationToken cancellationToken) =>
        TryWriteAsync(record.With(response, sealer), etag, cancellationToken);

    internal Task TryDeleteAsync(OperationRecord record, ETag etag, CancellationToken cancellationToken) =>
        _table.TryDeleteAsync(record.Partition, record.Key, etag, cancellationToken);

    private async Task<Beginning> JoinAsync(OperationRecord known, ETag etag, OperationRecord fresh, CancellationToken cancellationToken)
    {
        if (known.Fingerprint != fresh.Fingerprint)
        {
            return new Beginning.Refused(IdempotencyProblems.KeyReused());
        }

        if (known.Response is not null)
        {
            return new Beginning.Completed(known.Open(sealer), known.BodyDigest);
        }

        var continued = known with { Attempt = fresh.Attempt, LeaseUntil = fresh.LeaseUntil };
        return known.LeaseUntil <= fresh.StartedAt && await TryWriteAsync(continued, etag, cancellationToken) is { } written
            ? Started(continued, written, isRepeated: true)
            : new Beginning.Refused(IdempotencyProblems.InFlight());
    }

    private Beginning.Started Started(OperationRecord record, ETag etag, bool isRepeated) =>
        new(new OperationRun(this, record, etag, isRepeated, time));
}

/// <summary>One request that performs an operation and holds its lease.</summary>
public sealed class OperationRun
{
    private readonly IdempotencyStore _store;
    private readonly TimeProvider _time;
    private OperationRecord _record;
    private ETag _etag;

    internal OperationRun(IdempotencyStore store, OperationRecord record, ETag etag, bool isRepeated, TimeProvider time)
    {
        (_store, _record, _etag, _time) = (store, record, etag, time);
        Operation = Operation.Recorded(record, isRepeated, NoteAsync);
    }

    public Operation Operation { get; }

    /// <summary>Stores the response. Does nothing if the lease has expired and another request continues the operation.</summary>
    public Task CompleteAsync(StoredResponse response, CancellationToken cancellationToken) =>
        _store.TryCompleteAsync(_record, response, _etag, cancellationToken);

    /// <summary>
    /// Ends the lease without a response, because the outcome is unknown. The next request with the key continues the operation.
    /// </summary>
    public Task ReleaseAsync(CancellationToken cancellationToken) =>
        _store.TryWriteAsync(_record with { LeaseUntil = _time.GetUtcNow() }, _etag, cancellationToken);

    /// <summary>Removes the record, because the operation has no effect.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken) => _store.TryDeleteAsync(_record, _etag, cancellationToken);

    private async Task NoteAsync(string note, string? bodyDigest, CancellationToken cancellationToken)
    {
        var noted = _record with { Note = note, BodyDigest = bodyDigest };
        _etag = await _store.TryWriteAsync(noted, _etag, cancellationToken) ?? throw new ProblemException(IdempotencyProblems.InFlight());
        _record = noted;
    }
}
