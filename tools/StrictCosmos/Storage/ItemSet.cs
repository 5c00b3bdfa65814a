namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>The items in one replica of a physical partition.</summary>
internal sealed class ItemSet
{
    private readonly Dictionary<string, Dictionary<string, StoredItem>> _logicalPartitions = new(StringComparer.Ordinal);

    /// <summary>The log sequence number of the most recent commit that this replica has applied.</summary>
    public long Lsn { get; private set; }

    public int Count => _logicalPartitions.Values.Sum(items => items.Count);

    public StoredItem? Find(string partitionKey, string id, DateTimeOffset now) =>
        _logicalPartitions.TryGetValue(partitionKey, out var items) && items.TryGetValue(id, out var item) && !item.IsExpired(now)
            ? item
            : null;

    /// <returns>A snapshot of the items whose partition keys are in the range, in no particular order.</returns>
    public List<StoredItem> Within(KeyRange range, DateTimeOffset now)
    {
        if (range.SingleKey is { } key)
        {
            return _logicalPartitions.TryGetValue(key, out var items) ? [.. items.Values.Where(item => !item.IsExpired(now))] : [];
        }
        return
        [
            .. _logicalPartitions
                .Where(partition => range.Contains(partition.Key))
                .SelectMany(partition => partition.Value.Values)
                .Where(item => !item.IsExpired(now)),
        ];
    }

    public ItemSet Copy()
    {
        var copy = new ItemSet { Lsn = Lsn };
        foreach (var (key, items) in _logicalPartitions)
        {
            copy._logicalPartitions.Add(key, new(items, StringComparer.Ordinal));
        }
        return copy;
    }

    public void Apply(Commit commit)
    {
        if (!_logicalPartitions.TryGetValue(commit.PartitionKey, out var items))
        {
            _logicalPartitions.Add(commit.PartitionKey, items = new(StringComparer.Ordinal));
        }
        foreach (var (id, item) in commit.Items)
        {
            if (item is null)
            {
                items.Remove(id);
            }
            else
            {
                items[id] = item;
            }
        }
        if (items.Count == 0)
        {
            _logicalPartitions.Remove(commit.PartitionKey);
        }
        Lsn = commit.Lsn;
    }
}
