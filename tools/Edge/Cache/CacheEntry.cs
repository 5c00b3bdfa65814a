namespace ServerlessScale.Edge.Cache;

/// <summary>What the cache stores for a key until the entry expires: a response, or the fact that responses for the key cannot be shared.</summary>
internal abstract class CacheEntry(DateTimeOffset expires)
{
    public DateTimeOffset Expires { get; } = expires;

    /// <summary>The approximate memory that the entry uses, in bytes.</summary>
    public abstract long Size { get; }
}

/// <summary>
/// Marks a key whose last response could not be shared. Until the entry expires, each request for the key is forwarded by itself and does
/// not wait for the fetch of another request.
/// </summary>
internal sealed class HitForPass(DateTimeOffset expires) : CacheEntry(expires)
{
    public override long Size => 64;
}
