using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Metering;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// A physical partition, which stores the items in a range of hashes. It has a replica that can lag behind. Each physical partition may
/// spend an equal share of the container's RU/s.
/// </summary>
internal sealed class PhysicalPartition
{
    private readonly Lock _gate = new();
    private readonly ContainerIdentity _container;
    private readonly Replication _replication;
    private readonly TimeProvider _time;
    private ItemSet _primary = new();
    private readonly LaggingReplica _replica = new();
    private readonly ThroughputBucket? _throughput;
    private ulong _created;

    public PhysicalPartition(
        int number, KeyRange range, ContainerIdentity container, double? requestUnitsPerSecond, Replication replication, TimeProvider time)
    {
        Number = number;
        Id = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Range = range;
        _container = container;
        _replication = replication;
        _time = time;
        _throughput = requestUnitsPerSecond is { } rate ? new ThroughputBucket(rate, time) : null;
    }

    public int Number { get; }

    public string Id { get; }

    public KeyRange Range { get; }

    public Meter Meter { get; } = new();

    public int ItemCount
    {
        get
        {
            lock (_gate)
            {
                return _primary.Count;
            }
        }
    }

    /// <exception cref="RefusedException">429: the partition has used up its RU/s.</exception>
    public void Admit()
    {
        if (_throughput?.Admit() is { } wait)
        {
            Meter.CountThrottled();
            throw new RefusedException(
                StatusCodes.Status429TooManyRequests, "Request rate is large. More Request Units may be needed, so no changes were made.", SubStatus.RequestRateTooLarge)
            {
                Charge = RequestCharge.Throttled,
                RetryAfter = wait,
            };
        }
    }

    public void Spend(double charge)
    {
        _throughput?.Spend(charge);
        Meter.Count(charge);
    }

    /// <summary>Applies all operations. When an operation fails, applies none of them.</summary>
    /// <param name="sessionLsn">
    /// The log sequence number that the primary must have reached. Null for a write outside a batch, because the service ignores the
    /// session token of such a write. A primary can be behind a session after a failover in which commits were lost.
    /// </param>
    /// <returns>A result for each operation. When an operation fails, the status of all other operations is 424.</returns>
    /// <exception cref="RefusedException">
    /// 404 with substatus 1002: the primary is behind the session. 413: the results exceed the limit of a response.
    /// </exception>
    public (IReadOnlyList<ItemOutcome> Outcomes, long Lsn) Write(
        string partitionKey, IReadOnlyList<ItemOperation> operations, long? sessionLsn)
    {
        lock (_gate)
        {
            if (sessionLsn > _primary.Lsn)
            {
                throw SessionNotAvailable();
            }
            var now = _time.GetUtcNow();
            var staged = new Dictionary<string, StoredItem?>(StringComparer.Ordinal);
            var outcomes = new List<ItemOutcome>(operations.Count);
            foreach (var operation in operations)
            {
                var outcome = Stage(partitionKey, operation, staged, now);
                outcomes.Add(outcome);
                if (outcome.IsFailure)
                {
                    return (FailTogether(outcomes, operations.Count), _primary.Lsn);
                }
            }
            if (ResponseBytes(operations, outcomes) > ServiceLimits.ResponseBytes)
            {
                throw RefusedException.TooLarge($"Response size is too large: a response must not exceed {ServiceLimits.ResponseBytes} bytes.");
            }
            if (staged.Count > 0)
            {
                var commit = new Commit(_primary.Lsn + 1, now, partitionKey, staged);
                _primary.Apply(commit);
                _replica.Receive(commit);
                _replica.CatchUp(_replication.Lag, _primary.Lsn, now);
            }
            return (outcomes, _primary.Lsn);
        }
    }

    /// <summary>Discards the commits that the replica has not received, like a forced failover to the replica's region.</summary>
    public void LoseUnreplicated()
    {
        lock (_gate)
        {
            _replica.CatchUp(_replication.Lag, _primary.Lsn, _time.GetUtcNow());
            _replica.DiscardPending();
            _primary = _replica.Items.Copy();
        }
    }

    public (StoredItem? Item, long Lsn) Read(string partitionKey, string id, ReadRequirement need)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var view = View(need, now);
            return (view.Find(partitionKey, id, now), view.Lsn);
        }
    }

    public (List<StoredItem> Items, long Lsn) Scan(KeyRange range, ReadRequirement need)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            var view = View(need, now);
            return (view.Within(range, now), view.Lsn);
        }
    }

    private static List<ItemOutcome> FailTogether(List<ItemOutcome> outcomes, int count)
    {
        var rolledBack = new ItemOutcome(StatusCodes.Status424FailedDependency, 0);
        for (var index = 0; index < outcomes.Count - 1; index++)
        {
            outcomes[index] = rolledBack with { Charge = outcomes[index].Charge };
        }
        while (outcomes.Count < count)
        {
            outcomes.Add(rolledBack);
        }
        return outcomes;
    }

    private ItemSet View(ReadRequirement need, DateTimeOffset now)
    {
        _replica.CatchUp(_replication.Lag, _primary.Lsn, now);
        if (need.SessionLsn is not { } wanted || wanted <= _replica.Items.Lsn)
        {
            return _replica.Items;
        }
        if (need.InWriteRegion && _replication.SessionMiss == SessionMiss.ReadPrimary && wanted <= _primary.Lsn)
        {
            return _primary;
        }
        throw SessionNotAvailable();
    }

    private static RefusedException SessionNotAvailable() => new(
        StatusCodes.Status404NotFound, "The read session is not available for the input session token.", SubStatus.ReadSessionNotAvailable)
    {
        Charge = RequestCharge.Miss,
    };

    private static long ResponseBytes(IReadOnlyList<ItemOperation> operations, List<ItemOutcome> outcomes) =>
        operations.Zip(outcomes).Sum(pair => pair.First.ReturnsNothing ? 0L : pair.Second.Item?.Json.Length ?? 0);

    private static ItemOutcome AlreadyExists() => new(
        StatusCodes.Status409Conflict, RequestCharge.Conflict, Message: "Entity with the specified id already exists in the system.");

    private StoredItem? Current(string partitionKey, string id, Dictionary<string, StoredItem?> staged, DateTimeOffset now) =>
        staged.TryGetValue(id, out var earlier) ? earlier : _primary.Find(partitionKey, id, now);

    private ItemOutcome Stage(string partitionKey, ItemOperation operation, Dictionary<string, StoredItem?> staged, DateTimeOffset now)
    {
        var current = Current(partitionKey, operation.Id, staged, now);
        if (operation.Refusal is { } refusal)
        {
            return new ItemOutcome(refusal.Status, RequestCharge.Conflict, Message: refusal.Message, SubStatus: refusal.SubStatus);
        }
        if (current is null)
        {
            if (operation.Kind is ItemOperationKind.Create or ItemOperationKind.Upsert && operation.IfMatch is null)
            {
                var created = StoredItem.Create(operation.Item!, (ulong)Number << 32 | ++_created, _container, now);
                staged[operation.Id] = created;
                return new ItemOutcome(StatusCodes.Status201Created, RequestCharge.Create(created.Json.Length), created);
            }
            return new ItemOutcome(
                StatusCodes.Status404NotFound, RequestCharge.Miss, Message: "Entity with the specified id does not exist in the system.");
        }
        if (operation.Kind == ItemOperationKind.Create)
        {
            return AlreadyExists();
        }
        if (operation.IfMatch is { } expected && expected != "*" && expected != current.ETag)
        {
            return new ItemOutcome(
                StatusCodes.Status412PreconditionFailed, RequestCharge.Conflict, Message: "Operation cannot be performed because one of the specified precondition is not met.");
        }
        switch (operation.Kind)
        {
            case ItemOperationKind.Read when operation.IfNoneMatch == current.ETag || operation.IfNoneMatch == "*":
                return new ItemOutcome(StatusCodes.Status304NotModified, RequestCharge.Read(current.Json.Length), current);
            case ItemOperationKind.Read:
                return new ItemOutcome(StatusCodes.Status200OK, RequestCharge.Read(current.Json.Length), current);
            case ItemOperationKind.Delete:
                staged[operation.Id] = null;
                return new ItemOutcome(StatusCodes.Status204NoContent, RequestCharge.Delete(current.Json.Length));
            default:
                // A replace may change the id. There must then be no item with the new id.
                if (operation.Item!.Id != operation.Id)
                {
                    if (Current(partitionKey, operation.Item.Id, staged, now) is not null)
                    {
                        return AlreadyExists();
                    }
                    staged[operation.Id] = null;
                }
                var replaced = StoredItem.Create(operation.Item, current.Number, _container, now);
                staged[operation.Item.Id] = replaced;
                return new ItemOutcome(StatusCodes.Status200OK, RequestCharge.Replace(current.Json.Length, replaced.Json.Length), replaced);
        }
    }
}

/// <summary>The requirements that a replica must meet to serve a read.</summary>
/// <param name="InWriteRegion">Whether the request was sent to the write region, which has the primary.</param>
/// <param name="SessionLsn">
/// The log sequence number in the request's session token, or null if the request has no token. The replica must have applied the
/// commit with this number.
/// </param>
internal readonly record struct ReadRequirement(bool InWriteRegion, long? SessionLsn);
