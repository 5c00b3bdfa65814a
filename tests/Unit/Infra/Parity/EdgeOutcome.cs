namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>How an edge has handled a request. If the firewall refused the request, all members but <paramref name="Refusal"/> are null.</summary>
/// <param name="Refusal">The firewall rule that refused the request; null when the request was forwarded.</param>
/// <param name="Route">The name of the route in the rules file.</param>
/// <param name="App">The app whose origin received the request.</param>
/// <param name="OriginPath">The path of the request to the origin.</param>
/// <param name="Bucket">The value of X-Bucket in the request to the origin.</param>
/// <param name="Cached">Which later requests the cache serves with the response; null when the response is not cached.</param>
/// <param name="ResponseHeaders">The response headers, except those that transports and caches add.</param>
internal sealed record EdgeOutcome(
    string? Refusal, string? Route = null, string? App = null, string? OriginPath = null, string? Bucket = null, string? Cached = null,
    string ResponseHeaders = "")
{
    public const string ForAnyQuery = "any query";

    public const string ForTheSameQuery = "the same query";

    /// <summary>The headers of the response that the origin behind both edges sends with status 200.</summary>
    public static readonly IReadOnlyDictionary<string, string> OriginHeaders =
        new Dictionary<string, string> { ["Server"] = "origin", ["Cache-Control"] = "public, max-age=60", ["Content-Type"] = "image/webp" };

    /// <summary>Removes the suffix that a route has for each app if there are several apps.</summary>
    public static string RouteOf(string name) => name.Split('-')[0];

    public static string Format(IEnumerable<KeyValuePair<string, string>> headers) => string.Join(
        '\n', headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal));
}
