using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// What makes two requests ask for the same answer: host, path and those query parameters that count, in any order. Nothing else of a
/// request may change a cached answer, and so nothing else of it is sent to the origin for one.
/// </summary>
/// <param name="Host">In lower case.</param>
/// <param name="Path">As the origin is asked for it.</param>
/// <param name="Query">With its question mark; empty when no parameter counts.</param>
internal sealed record CacheKey(string Host, string Path, string Query)
{
    public static CacheKey Of(HttpRequest request, CacheConfiguration configuration) =>
        new(request.Host.Value?.ToLowerInvariant() ?? "", request.Path.Value ?? "/", Counted(request.QueryString, configuration));

    private static string Counted(QueryString query, CacheConfiguration configuration)
    {
        if (configuration.QueryStringCachingBehavior == QueryStringCachingBehavior.IgnoreQueryString || !query.HasValue)
        {
            return "";
        }

        var counted = query.Value![1..]
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(pair => Counts(NameOf(pair), configuration))
            .Order(StringComparer.Ordinal);
        return string.Join('&', counted) is { Length: > 0 } joined ? $"?{joined}" : "";
    }

    private static bool Counts(string name, CacheConfiguration configuration)
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
