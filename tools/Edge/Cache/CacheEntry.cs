namespace ServerlessScale.Edge.Cache;

/// <summary>An entry in the cache, which is either a response or a mark that responses for the key cannot be shared.</summary>
internal abstract class CacheEntry(DateTimeOffset expires)
{
    public DateTimeOffset Expires { get; } = expires;

    /// <summary>The memory usage of the entry without its key, in bytes.</summary>
    public abstract long Size { get; }
}

/// <summary>
/// Marks a key whose last response could not be shared. Until the mark expires, each request for the key is forwarded separately and does
/// not wait for another request's fetch.
/// </summary>
internal sealed class HitForPass(DateTimeOffset expires) : CacheEntry(expires)
{
    public override long Size => 64;
}
