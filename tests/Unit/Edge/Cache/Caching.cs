using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

internal static class Caching
{
    /// <summary>Returns a cache configuration that compresses JSON. Behaviours that override the lifetime set it to one hour.</summary>
    public static CacheConfiguration With(
        CacheBehavior behaviour = CacheBehavior.HonorOrigin, QueryStringCachingBehavior query = QueryStringCachingBehavior.UseQueryString,
        params string[] parameters) => new()
        {
            CacheBehavior = behaviour,
            CacheDuration = TimeSpan.FromHours(1),
            QueryStringCachingBehavior = query,
            QueryParameters = parameters,
            IsCompressionEnabled = true,
            ContentTypesToCompress = ["application/json"],
        };
}
