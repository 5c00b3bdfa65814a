namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>What an edge does with a request.</summary>
/// <param name="Refusal">The firewall's rule that turns it away; null when it goes through, and all the others are null when not.</param>
/// <param name="Route">The route of the rules file.</param>
/// <param name="App">Whose origin got it.</param>
/// <param name="OriginPath">The path that the origin is asked for.</param>
/// <param name="Bucket">What the origin is told of the experiment.</param>
/// <param name="Kept">For whom the answer is kept in the cache; null when it is not.</param>
/// <param name="AnswerHeaders">Those that the answer has, what a transport or a cache adds aside.</param>
internal sealed record EdgeOutcome(
    string? Refusal, string? Route = null, string? App = null, string? OriginPath = null, string? Bucket = null, string? Kept = null,
    string AnswerHeaders = "")
{
    public const string ForAnyQuery = "any query";

    public const string ForTheSameQuery = "the same query";

    /// <summary>What the origin behind both edges answers with, besides its status 200.</summary>
    public static readonly IReadOnlyDictionary<string, string> OriginHeaders =
        new Dictionary<string, string> { ["Server"] = "origin", ["Cache-Control"] = "public, max-age=60", ["Content-Type"] = "image/webp" };

    /// <summary>With several apps a route has a part for each, whose name ends with the app's.</summary>
    public static string RouteOf(string name) => name.Split('-')[0];

    public static string Told(IEnumerable<KeyValuePair<string, string>> headers) => string.Join(
        '\n', headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Order(StringComparer.Ordinal));
}
