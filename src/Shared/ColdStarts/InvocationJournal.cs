using System.Threading.Channels;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// Buffers this instance's invocation records until <see cref="FlushAsync"/> has stored them. <see cref="Record"/> never blocks. When
/// records arrive faster than they can be stored, the journal drops the oldest records and counts how many it has dropped.
/// </summary>
public sealed class InvocationJournal : IDisposable
{
    /// <summary>
    /// The maximum number of records that the channel buffers between two calls to <see cref="Collect"/>. They take up about 2 MB.
    /// </summary>
    private const int ChannelCapacity = 16_384;

    /// <summary>
    /// The maximum number of rows that are buffered while storage is down, enough for a one-hour outage with a hundred functions.
    /// </summary>
    private const int MaximumPendingRows = 6_000;

    private readonly Func<TableServiceClient> _tables;
    private readonly InstanceId _instance;
    private readonly Channel<InvocationRecord> _channel;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly List<InvocationRecord> _cold = [];
    private readonly Dictionary<(string Function, DateTimeOffset Minute), WarmMinute> _warm = [];
    private long _dropped;

    /// <param name="tables">
    /// Creates the storage client. The first flush calls this function, because creating the client earlier would slow down the cold start.
    /// </param>
    /// <param name="instance">The instance that runs the invocations.</param>
    public InvocationJournal(Func<TableServiceClient> tables, InstanceId instance)
    {
        _tables = tables;
        _instance = instance;
        _channel = Channel.CreateBounded<InvocationRecord>(
            new BoundedChannelOptions(ChannelCapacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>The number of records that this instance has dropped. Dropped records are never stored.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Record(InvocationRecord invocation) => _channel.Writer.TryWrite(invocation);

    /// <summary>Waits until the channel contains a record that <see cref="Collect"/> has not read yet.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>
    /// Moves the new records from the channel into the totals, so that the channel has room for more records. Does no I/O.
    /// </summary>
    public void Collect()
    {
        lock (_gate)
        {
            while (_channel.Reader.TryRead(out var invocation))
            {
                Add(invocation);
            }
        }
    }

    /// <summary>
    /// Stores all invocations that were recorded before the call. A record that cannot be stored remains in the journal until the next
    /// call.
    /// </summary>
    /// <exception cref="RequestFailedException">Storage rejected the request or did not respond.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            foreach (var partition in Unstored().GroupBy(row => row.Entity.PartitionKey))
            {
                foreach (var chunk in partition.Chunk(Table.TransactionSize))
                {
                    if (await TryStoreAsync(chunk, cancellationToken))
                    {
                        lock (_gate)
                        {
                            Array.ForEach(chunk, row => row.Stored());
                        }
                    }
                }
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    public void Dispose() => _flushing.Dispose();

    private void Add(InvocationRecord invocation)
    {
        if (invocation.Cold)
        {
            _cold.Add(invocation);
            return;
        }

        var minute = new DateTimeOffset(invocation.EndedAt.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        var key = (invocation.Function, minute);
        if (!_warm.TryGetValue(key, out var totals))
        {
            MakeRoom();
            _warm[key] = totals = new WarmMinute(invocation.Function, invocation.Trigger, minute);
        }

        totals.Add(invocation);
    }

    private void MakeRoom()
    {
        if (_warm.Count < MaximumPendingRows)
        {
            return;
        }

        var oldest = _warm.MinBy(entry => entry.Key.Minute);
        Interlocked.Add(ref _dropped, oldest.Value.Durations.Count - oldest.Value.StoredCount);
        _warm.Remove(oldest.Key);
    }

    private List<(TableEntity Entity, Action Stored)> Unstored()
    {
        Collect();
        lock (_gate)
        {
            var rows = new List<(TableEntity, Action)>();
            foreach (var cold in _cold)
            {
                rows.Add((InvocationRows.Row(cold, _instance), () => _cold.Remove(cold)));
            }

            ForgetStoredMinutes();
            foreach (var totals in _warm.Values)
            {
                var count = totals.Durations.Count;
                if (count > totals.StoredCount)
                {
                    rows.Add((InvocationRows.Row(totals, _instance), () => totals.StoredCount = count));
                }
            }

            return rows;
        }
    }

    // The totals of a stored minute remain in memory for a few minutes. Otherwise, a late record would start new totals for the minute, and
    // the next flush would overwrite the stored totals with the new totals.
    private void ForgetStoredMinutes()
    {
        if (_warm.Count == 0)
        {
            return;
        }

        var lateRecordLimit = _warm.Keys.Max(key => key.Minute) - TimeSpan.FromMinutes(5);
        foreach (var (key, totals) in _warm)
        {
            if (key.Minute < lateRecordLimit && totals.Durations.Count == totals.StoredCount)
            {
                _warm.Remove(key);
            }
        }
    }

    // The call returns false only while the table is being deleted, because an upsert has no precondition. The rows then remain pending
    // until the next flush.
    private Task<bool> TryStoreAsync((TableEntity Entity, Action Stored)[] rows, CancellationToken cancellationToken) =>
        new Table(_tables(), InvocationRows.TableName).TryCommitAsync(
            [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.Entity))], cancellationToken);
}

/// <summary>The totals of one function's warm invocations on one instance in one minute.</summary>
internal sealed class WarmMinute(string function, string trigger, DateTimeOffset minute)
{
    public string Function { get; } = function;

    public string Trigger { get; } = trigger;

    /// <summary>The start of the minute in UTC.</summary>
    public DateTimeOffset Minute { get; } = minute;

    public LatencyHistogram Durations { get; } = new();

    public long Failed { get; private set; }

    public long PeakWorkingSetBytes { get; private set; }

    /// <summary>
    /// The number of invocations in the stored totals. It equals <see cref="LatencyHistogram.Count"/> when all records have been stored.
    /// </summary>
    public long StoredCount { get; set; }

    public void Add(InvocationRecord invocation)
    {
        Durations.Record(invocation.DurationMs);
        Failed += invocation.Failed ? 1 : 0;
        PeakWorkingSetBytes = Math.Max(PeakWorkingSetBytes, invocation.WorkingSetBytes);
    }
}
