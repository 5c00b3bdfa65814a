using System.Globalization;

namespace ServerlessScale.FunctionHost.Http;

/// <param name="Port">The port on the loopback interface; 0 for a free port.</param>
/// <param name="RoutePrefix">The prefix of every function's route, from host.json.</param>
/// <param name="MaxBodyBytes">The maximum size of a request body.</param>
/// <param name="HomepageDisabled">Whether <c>GET /</c> gets 204 instead of a page.</param>
internal sealed record HttpFrontEndOptions(int Port, string RoutePrefix, long MaxBodyBytes, bool HomepageDisabled)
{
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
        bool.TryParse(settings.GetValueOrDefault("AzureWebJobsDisableHomepage"), out var disabled) && disabled);
}
