namespace ServerlessScale.Edge.Cache;

/// <summary>The cache's memory: bounded by bytes, and what was asked for longest ago goes first.</summary>
internal sealed class AnswerStore(long capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, LinkedListNode<Item>> _items = [];
    private readonly LinkedList<Item> _byUse = [];
    private long _size;
    private long _purges;

    /// <summary>Bytes in use.</summary>
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

    /// <summary>Goes up with every purge; an answer that was asked for before one may not be stored after it.</summary>
    public long Purges => Interlocked.Read(ref _purges);

    /// <param name="key">What is asked for.</param>
    /// <param name="wasStale">Whether there was an entry whose time is up.</param>
    /// <returns>Null when there is nothing that may be used.</returns>
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
                wasStale = node.Value.Entry is StoredAnswer;
                Remove(node);
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Entry;
        }
    }

    /// <param name="key">What the entry answers.</param>
    /// <param name="entry">Kept if it fits.</param>
    /// <param name="purges"><see cref="Purges"/> when the origin was asked.</param>
    /// <returns>Whether it was kept.</returns>
    public bool Keep(CacheKey key, CacheEntry entry, long purges)
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

    /// <returns>How many answers are gone.</returns>
    public int Purge(PurgePattern pattern)
    {
        lock (_gate)
        {
            _purges++;
            var gone = _items.Values.Where(node => pattern.Matches(node.Value.Key.Path)).ToList();
            gone.ForEach(Remove);
            return gone.Count(node => node.Value.Entry is StoredAnswer);
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
