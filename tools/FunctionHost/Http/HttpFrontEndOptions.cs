using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServerlessScale.FunctionHost.Http;

/// <param name="Port">The port on the loopback interface; 0 for a free port.</param>
/// <param name="RoutePrefix">The prefix of every function's route, from host.json.</param>
/// <param name="MaxBodyBytes">The maximum size of a request body.</param>
/// <param name="HomepageDisabled">Whether <c>GET /</c> gets 204 instead of a page.</param>
/// <param name="CorsOrigins">The origins whose pages may send requests; <c>*</c> allows all origins. If empty, CORS is disabled.</param>
/// <param name="CorsCredentials">Whether these pages may send cookies.</param>
internal sealed record HttpFrontEndOptions(
    int Port, string RoutePrefix, long MaxBodyBytes, bool HomepageDisabled, IReadOnlyList<string> CorsOrigins, bool CorsCredentials)
{
    /// <summary>Middleware that receives each request before the functions; null for none.</summary>
    public Func<HttpContext, RequestDelegate, Task>? BeforeFunctions { get; init; }

    /// <summary>The host's default limit, 100 MB.</summary>
    private const long DefaultMaxBodyBytes = 104_857_600;

    /// <summary>
    /// Reads the app settings that concern the HTTP server
    /// (learn.microsoft.com/azure/azure-functions/functions-app-settings). As in Azure, a limit that is not a number is ignored.
    /// </summary>
    public static HttpFrontEndOptions From(int port, string routePrefix, IReadOnlyDictionary<string, string> settings) => new(
        port,
        routePrefix,
        long.TryParse(settings.GetValueOrDefault("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"), CultureInfo.InvariantCulture, out var limit)
            ? limit
            : DefaultMaxBodyBytes,
        bool.TryParse(settings.GetValueOrDefault("AzureWebJobsDisableHomepage"), out var disabled) && disabled,
        OriginsOf(settings.GetValueOrDefault("CORS_ALLOWED_ORIGINS")),
        bool.TryParse(settings.GetValueOrDefault("CORS_SUPPORT_CREDENTIALS"), out var credentials) && credentials);

    // The platform passes the app's CORS settings to the host as a JSON array. As in Azure's host, invalid JSON disables CORS.
    private static string[] OriginsOf(string? json)
    {
        try
        {
            return json is null ? [] : JsonSerializer.Deserialize<string[]>(json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
