using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

internal static class Caching
{
    /// <summary>A route that caches; an hour where it overrides.</summary>
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
