using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Functions.Http;

internal static class HttpRequestExtensions
{
    /// <returns>
    /// The value of a query parameter; null when the parameter is absent. The values of a repeated parameter are joined by commas. No
    /// parameter of this API accepts a value with a comma, so callers reject the joined value.
    /// </returns>
    public static string? QueryParameter(this HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>
    /// Returns whether <c>If-None-Match</c> contains the current entity tag. If so, the response must be 304 (RFC 9110 section 13.1.2).
    /// The comparison is weak, and <c>If-None-Match: *</c> matches every entity tag.
    /// </summary>
    /// <param name="request">The request, with or without <c>If-None-Match</c>.</param>
    /// <param name="current">The entity tag of the current representation.</param>
    public static bool IfNoneMatchNames(this HttpRequest request, EntityTagHeaderValue current) =>
        request.GetTypedHeaders().IfNoneMatch.Any(
            known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(current, useStrongComparison: false));
}
