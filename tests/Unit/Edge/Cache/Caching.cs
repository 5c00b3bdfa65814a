using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

/// <summary>Cache configurations for tests.</summary>
internal static class Caching
{
    /// <summary>A cache configuration that compresses JSON, and whose overriding behaviours use one hour.</summary>
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
