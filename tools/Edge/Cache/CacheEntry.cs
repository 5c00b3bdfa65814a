namespace ServerlessScale.Edge.Cache;

/// <summary>What the cache knows of a key until a time.</summary>
internal abstract class CacheEntry(DateTimeOffset expires)
{
    public DateTimeOffset Expires { get; } = expires;

    /// <summary>About how much memory it takes, in bytes.</summary>
    public abstract long Size { get; }
}
