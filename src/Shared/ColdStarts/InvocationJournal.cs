using System.Threading.Channels;
using Azure;
using Azure.Data.Tables;

namespace ServerlessScale.Shared.ColdStarts;

/// <summary>
/// Keeps this instance's invocations until <see cref="FlushAsync"/> has stored them. Recording never waits: when storing
/// cannot keep up, the oldest are dropped and counted.
/// </summary>
public sealed class InvocationJournal : IDisposable
{
    /// <summary>Invocations between two looks at the channel; some 2 MB.</summary>
    private const int ChannelCapacity = 16_384;

    /// <summary>Rows that wait for storage to come back: an hour of outage for a hundred functions.</summary>
    private const int MaximumWaitingRows = 6_000;

    /// <summary>Most operations in one entity-group transaction.</summary>
    private const int TransactionSize = 100;

    private readonly Func<TableServiceClient> _tables;
    private readonly InstanceId _instance;
    private readonly Channel<InvocationRecord> _channel;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly List<InvocationRecord> _cold = [];
    private readonly Dictionary<(string Function, DateTimeOffset Minute), WarmMinute> _warm = [];
    private long _dropped;

    /// <param name="tables">Asked for at the first flush: making a client costs time that a cold start does not have.</param>
    /// <param name="instance">Whose invocations these are.</param>
    public InvocationJournal(Func<TableServiceClient> tables, InstanceId instance)
    {
        _tables = tables;
        _instance = instance;
        _channel = Channel.CreateBounded<InvocationRecord>(
            new BoundedChannelOptions(ChannelCapacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Invocations of this instance that will never be stored.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void Record(InvocationRecord invocation) => _channel.Writer.TryWrite(invocation);

    /// <summary>Ends when something was recorded that <see cref="Collect"/> has not taken yet.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Adds what was recorded to the totals, which makes room for more. Cheap, no I/O.</summary>
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

    /// <summary>Stores all that was recorded before the call. What could not be stored is kept for the next call.</summary>
    /// <exception cref="RequestFailedException">Storage refused.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            foreach (var partition in Unstored().GroupBy(row => row.Entity.PartitionKey))
            {
                foreach (var chunk in partition.Chunk(TransactionSize))
                {
                    await StoreAsync(chunk, cancellationToken);
                    lock (_gate)
                    {
                        Array.ForEach(chunk, row => row.Stored());
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
        if (_warm.Count < MaximumWaitingRows)
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

    // Not as soon as a minute is over: a late record would start its totals anew and replace those that are stored.
    private void ForgetStoredMinutes()
    {
        if (_warm.Count == 0)
        {
            return;
        }

        var safelyOver = _warm.Keys.Max(key => key.Minute) - TimeSpan.FromMinutes(5);
        foreach (var (key, totals) in _warm)
        {
            if (key.Minute < safelyOver && totals.Durations.Count == totals.StoredCount)
            {
                _warm.Remove(key);
            }
        }
    }

    private async Task StoreAsync((TableEntity Entity, Action Stored)[] rows, CancellationToken cancellationToken)
    {
        var table = _tables().GetTableClient(InvocationRows.TableName);
        var actions = rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row.Entity)).ToArray();
        try
        {
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The first record of the app's life: nothing is made at start-up, where it would cost every cold start a round trip.
            await table.CreateIfNotExistsAsync(cancellationToken);
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }
    }
}
