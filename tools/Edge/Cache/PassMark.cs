namespace ServerlessScale.Edge.Cache;

/// <summary>Notes that a key's answer was not to be shared, so that for a moment nobody waits for another's.</summary>
internal sealed class PassMark(DateTimeOffset expires) : CacheEntry(expires)
{
    public override long Size => 64;
}
