using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Identifies a response by host, path and the query parameters that the route includes. The order of the parameters does not matter. A
/// fetch sends only these components to the origin, so that no other data in a client's request can influence a cached response.
/// </summary>
/// <param name="Host">The host and port, in lower case.</param>
/// <param name="Path">The path of the request to the origin.</param>
/// <param name="Query">The included parameters with a leading question mark; empty if there are no parameters.</param>
internal sealed record CacheKey(string Host, string Path, string Query)
{
    /// <summary>The maximum length of a key in characters. Requests with a longer key are forwarded without using the cache.</summary>
    public const int MaxLength = 2_048;

    /// <summary>The memory of the characters of the three components, in bytes.</summary>
    public long Size => sizeof(char) * (long)Length;

    public int Length => Host.Length + Path.Length + Query.Length;

    public static CacheKey Of(HttpRequest request, CacheConfiguration configuration) =>
        Of(request.Host.Value ?? "", request.Path, request.QueryString, configuration);

    public static CacheKey Of(string host, PathString path, QueryString query, CacheConfiguration configuration) =>
        new(host.ToLowerInvariant(), path.Value is { Length: > 0 } value ? value : "/", IncludedQuery(query, configuration));

    private static string IncludedQuery(QueryString query, CacheConfiguration configuration)
    {
        if (configuration.QueryStringCachingBehavior == QueryStringCachingBehavior.IgnoreQueryString || !query.HasValue)
        {
            return "";
        }

        var included = query.Value![1..]
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => IsIncluded(NameOf(pair), configuration))
            .Order(StringComparer.Ordinal);
        return string.Join('&', included) is { Length: > 0 } joined ? $"?{joined}" : "";
    }

    private static bool IsIncluded(string name, CacheConfiguration configuration)
    {
        var isListed = configuration.QueryParameters.Contains(name, StringComparer.OrdinalIgnoreCase);
        return configuration.QueryStringCachingBehavior switch
        {
            QueryStringCachingBehavior.IgnoreSpecifiedQueryStrings => !isListed,
            QueryStringCachingBehavior.IncludeSpecifiedQueryStrings => isListed,
            _ => true,
        };
    }

    private static string NameOf(string pair) =>
        Uri.UnescapeDataString((pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end ? pair[..end] : pair).Replace('+', ' '));
}
