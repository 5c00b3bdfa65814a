namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// Describes how an edge handled a request. If the firewall rejected the request, all members except <paramref name="Refusal"/> are empty.
/// </summary>
/// <param name="Refusal">The firewall rule that rejected the request, or null if the request was forwarded.</param>
/// <param name="Route">The name of the route in the rules file.</param>
/// <param name="App">The app whose origin received the request.</param>
/// <param name="OriginPath">The path that the edge requested from the origin.</param>
/// <param name="Bucket">The value of X-Bucket in the request to the origin.</param>
/// <param name="Cookie">The Cookie header in the request to the origin, or null if the response is cached.</param>
/// <param name="Cached">
/// The later requests to the same path that the cache answers with this response: <see cref="ForAnyQuery"/>, <see cref="ForTheSameQuery"/>
/// or <see cref="ForTheSame"/> parameters. Null if the response is not cached.
/// </param>
/// <param name="ResponseHeaders">The response headers, except headers that transports and caches add.</param>
internal sealed record EdgeOutcome(
    string? Refusal, string? Route = null, string? App = null, string? OriginPath = null, string? Bucket = null, string? Cookie = null,
    string? Cached = null, string ResponseHeaders = "")
{
    public const string ForAnyQuery = "any query";

    public const string ForTheSameQuery = "the same query";

    /// <summary>All parameters that a route of the rules file lists.</summary>
    public static readonly IReadOnlyList<string> ListedParameters = ["cursor", "limit", "s"];

    /// <summary>Returns the value of <see cref="Cached"/> if only these parameters are part of the key.</summary>
    public static string ForTheSame(IEnumerable<string> parameters) => $"the same {string.Join(" and ", parameters.Order(StringComparer.Ordinal))}";

    /// <summary>
    /// The response headers that the origin sends with status 200. The tests assume the same origin response for LocalCloud's edge and for
    /// Front Door.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> OriginHeaders =
        new Dictionary<string, string> { ["Server"] = "origin", ["Cache-Control"] = "public, max-age=60", ["Content-Type"] = "image/webp" };

    /// <summary>Removes the app's suffix from a route's name. Routes have such a suffix if there are several apps.</summary>
    public static string RouteOf(string name) => name.Split('-')[0];

    public static string Format(IEnumerable<KeyValuePair<string, string>> headers) => string.Join(
        '\n', headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal));
}
