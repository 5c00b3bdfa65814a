namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Stores cache entries in memory. When the capacity is exceeded, the store removes the least recently used responses. Marks are removed
/// in the order in which they were stored, and their number is limited, so that a flood of requests whose responses cannot be stored does
/// not remove responses.
/// </summary>
/// <param name="capacity">The capacity in bytes. It includes keys, headers and the store's own objects.</param>
/// <param name="time">The clock for checking whether entries have expired.</param>
/// <param name="maxEntries">The maximum number of responses.</param>
internal sealed class ResponseStore(long capacity, TimeProvider time, int maxEntries = 100_000)
{
    /// <summary>The time for which an expired response is kept, so that it can be validated, or served while no origin responds.</summary>
    public static readonly TimeSpan KeepsExpired = TimeSpan.FromHours(1);

    /// <summary>The maximum number of marks.</summary>
    public const int MaxMarks = 4_096;

    /// <summary>
    /// The memory of the objects that hold an entry: the key's record, the entry itself, the list node and the slot in the dictionary, which
    /// is at most half empty. The value is rounded up.
    /// </summary>
    private const long BytesPerEntry = 512;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Item>> _items = [];
    private readonly LinkedList<Item> _responses = [];
    private readonly LinkedList<Item> _marks = [];
    private DateTimeOffset _nextSweep = time.GetUtcNow() + SweepInterval;
    private long _size;
    private long _purges;

    /// <summary>The total size of all entries with their keys, in bytes.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
            {
                return _size;
            }
        }
    }

    /// <summary>The number of responses and marks.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    /// <summary>
    /// The number of purges so far. A response must not be stored if a purge has taken place since the request for it was sent to the
    /// origin.
    /// </summary>
    public long Purges => Interlocked.Read(ref _purges);

    /// <summary>Finds the entry for a key.</summary>
    /// <param name="key">The key to look up.</param>
    /// <param name="expired">The response for this key if it has expired; otherwise null.</param>
    /// <returns>The entry; null if there is no entry or the entry has expired.</returns>
    public CacheEntry? Find(CacheKey key, out StoredResponse? expired)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            Sweep(now);
            expired = null;
            if (!_items.TryGetValue(key, out var node))
            {
                return null;
            }

            if (IsUseless(node.Value.Entry, now))
            {
                Remove(node);
                return null;
            }

            if (node.Value.Entry is StoredResponse response)
            {
                _responses.Remove(node);
                _responses.AddFirst(node);
                if (response.Expires <= now)
                {
                    expired = response;
                    return null;
                }
            }

            return node.Value.Entry;
        }
    }

    /// <summary>
    /// Stores an entry, unless it is larger than the capacity or a purge has taken place since the request for it was sent.
    /// </summary>
    /// <param name="key">The key. An existing entry for this key is replaced.</param>
    /// <param name="entry">The entry to store.</param>
    /// <param name="purges">The value of <see cref="Purges"/> when the request was sent to the origin.</param>
    /// <returns>Whether the entry was stored.</returns>
    public bool TryStore(CacheKey key, CacheEntry entry, long purges)
    {
        lock (_gate)
        {
            Sweep(time.GetUtcNow());
            var item = new Item(key, entry, entry.Size + key.Size + BytesPerEntry);
            if (purges != _purges || item.Size > capacity)
            {
                return false;
            }

            if (_items.TryGetValue(key, out var earlier))
            {
                Remove(earlier);
            }

            _items.Add(key, ListOf(entry).AddFirst(item));
            _size += item.Size;
            while (_marks.Count > MaxMarks)
            {
                Remove(_marks.Last!);
            }

            while (_size > capacity || _responses.Count > maxEntries)
            {
                // The entry itself is never removed here, because it is first in its list and not larger than the capacity.
                Remove(_marks.Last is { } mark && mark.Value != item ? mark : _responses.Last!);
            }

            return true;
        }
    }

    /// <summary>Removes the entry for a key.</summary>
    public void Remove(CacheKey key)
    {
        lock (_gate)
        {
            if (_items.TryGetValue(key, out var node))
            {
                Remove(node);
            }
        }
    }

    /// <summary>Removes all entries whose path matches the pattern.</summary>
    /// <returns>The number of removed entries that are stored responses.</returns>
    public int Remove(PurgePattern pattern)
    {
        lock (_gate)
        {
            var removed = _items.Values.Where(node => pattern.Matches(node.Value.Key.Path)).ToList();
            removed.ForEach(Remove);
            return removed.Count(node => node.Value.Entry is StoredResponse);
        }
    }

    /// <summary>Does the same as <see cref="Remove(PurgePattern)"/>, and prevents the storing of all responses that are being fetched.</summary>
    /// <returns>The number of removed entries that are stored responses.</returns>
    public int Purge(PurgePattern pattern)
    {
        lock (_gate)
        {
            _purges++;
            return Remove(pattern);
        }
    }

    /// <summary>
    /// Removes the entries that can no longer be used. All marks have the same lifetime, so the expired marks are at the end of their list.
    /// </summary>
    private void Sweep(DateTimeOffset now)
    {
        while (_marks.Last is { } mark && mark.Value.Entry.Expires <= now)
        {
            Remove(mark);
        }

        if (now < _nextSweep)
        {
            return;
        }

        _nextSweep = now + SweepInterval;
        foreach (var node in _items.Values.Where(node => IsUseless(node.Value.Entry, now)).ToList())
        {
            Remove(node);
        }
    }

    private static bool IsUseless(CacheEntry entry, DateTimeOffset now) =>
        now >= (entry is StoredResponse ? entry.Expires + KeepsExpired : entry.Expires);

    private LinkedList<Item> ListOf(CacheEntry entry) => entry is StoredResponse ? _responses : _marks;

    private void Remove(LinkedListNode<Item> node)
    {
        _items.Remove(node.Value.Key);
        ListOf(node.Value.Entry).Remove(node);
        _size -= node.Value.Size;
    }

    private sealed record Item(CacheKey Key, CacheEntry Entry, long Size);
}
