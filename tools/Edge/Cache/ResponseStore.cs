namespace ServerlessScale.Edge.Cache;

/// <summary>Stores cache entries in memory. When the capacity is exceeded, the store removes the least recently used entries.</summary>
/// <param name="capacity">The capacity in bytes.</param>
/// <param name="time">The clock for checking whether entries have expired.</param>
internal sealed class ResponseStore(long capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Item>> _items = [];
    private readonly LinkedList<Item> _byUse = [];
    private long _size;
    private long _purges;

    /// <summary>The total size of all entries, in bytes.</summary>
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

    /// <summary>
    /// The number of purges so far. A response must not be stored if a purge has taken place since the request for it was sent to the
    /// origin.
    /// </summary>
    public long Purges => Interlocked.Read(ref _purges);

    /// <summary>Finds the entry for a key. Removes the entry if it has expired.</summary>
    /// <param name="key">The key to look up.</param>
    /// <param name="wasStale">Whether the store contained an expired response.</param>
    /// <returns>The entry; null if there is no entry or the entry has expired.</returns>
    public CacheEntry? Find(CacheKey key, out bool wasStale)
    {
        lock (_gate)
        {
            wasStale = false;
            if (!_items.TryGetValue(key, out var node))
            {
                return null;
            }

            if (node.Value.Entry.Expires <= time.GetUtcNow())
            {
                wasStale = node.Value.Entry is StoredResponse;
                Remove(node);
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
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
            if (purges != _purges || entry.Size > capacity)
            {
                return false;
            }

            if (_items.TryGetValue(key, out var earlier))
            {
                Remove(earlier);
            }

            _items.Add(key, _byUse.AddFirst(new Item(key, entry)));
            _size += entry.Size;
            while (_size > capacity)
            {
                Remove(_byUse.Last!);
            }

            return true;
        }
    }

    /// <summary>Removes all entries whose path matches the pattern.</summary>
    /// <returns>The number of removed entries that are stored responses.</returns>
    public int Purge(PurgePattern pattern)
    {
        lock (_gate)
        {
            _purges++;
            var removed = _items.Values.Where(node => pattern.Matches(node.Value.Key.Path)).ToList();
            removed.ForEach(Remove);
            return removed.Count(node => node.Value.Entry is StoredResponse);
        }
    }

    private void Remove(LinkedListNode<Item> node)
    {
        _items.Remove(node.Value.Key);
        _byUse.Remove(node);
        _size -= node.Value.Entry.Size;
    }

    private sealed record Item(CacheKey Key, CacheEntry Entry);
}
