namespace ServerlessScale.Edge.Cache;

/// <summary>A cache entry: either a response, or a marker for a key whose responses cannot be shared.</summary>
internal abstract class CacheEntry(DateTimeOffset expires)
{
    public DateTimeOffset Expires { get; } = expires;

    /// <summary>The memory usage of the entry without its key, in bytes.</summary>
    public abstract long Size { get; }
}

/// <summary>
/// Marks a key whose last response could not be shared. Until the marker expires, each request for the key is forwarded separately and does
/// not wait for another request's fetch.
/// </summary>
internal sealed class HitForPass(DateTimeOffset expires) : CacheEntry(expires)
{
    public override long Size => 64;
}
