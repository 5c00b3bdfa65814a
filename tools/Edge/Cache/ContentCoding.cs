using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Cache;

/// <summary>Selects a content coding that the client accepts. Brotli takes precedence over gzip, as in Front Door.</summary>
internal static class ContentCoding
{
    public const string Brotli = "br";
    public const string Gzip = "gzip";

    /// <returns><c>br</c> or <c>gzip</c>; null if the client accepts neither of them.</returns>
    public static string? PreferredBy(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Accepts(accepted, Brotli) ? Brotli : Accepts(accepted, Gzip) ? Gzip : null;
    }

    private static bool Accepts(IList<StringWithQualityHeaderValue> accepted, string coding) =>
        (Find(accepted, coding) ?? Find(accepted, "*")) is { } found && found.Quality is not 0;

    private static StringWithQualityHeaderValue? Find(IList<StringWithQualityHeaderValue> accepted, string coding) =>
        accepted.FirstOrDefault(value => value.Value.Equals(coding, StringComparison.OrdinalIgnoreCase));
}
