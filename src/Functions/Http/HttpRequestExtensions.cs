using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Functions.Http;

internal static class HttpRequestExtensions
{
    /// <returns>
    /// The value of a query parameter; null when the parameter is absent. The values of a repeated parameter are joined by commas. No
    /// parameter of this API accepts a value with a comma, so callers reject the joined value.
    /// </returns>
    public static string? QueryParameter(this HttpRequest request, string name) =>
        request.Query.TryGetValue(name, out var values) ? values.ToString() : null;
}
