using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Edge.Cache;

/// <summary>Which of the edge's content codings a client reads: Brotli before gzip, as Front Door prefers it.</summary>
internal static class ContentCoding
{
    public const string Brotli = "br";
    public const string Gzip = "gzip";

    /// <returns>Null when it reads neither.</returns>
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
