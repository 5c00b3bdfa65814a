using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Telemetry;

internal static class LogLevels
{
    /// <summary>
    /// The minimum log level of each of these components. At the Information level, they would log several records for each request and
    /// each storage operation, and exporting these records costs money. <c>host.json</c> does not apply to the worker's logs.
    /// </summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        // Traces and metrics already record incoming requests, outgoing requests and calls of the Azure SDK.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Azure"] = "Warning",

        // Azure.Core logs a response such as 404 or 412 as a warning. For the stores, such a response is normal. It means that a row is
        // missing or was changed by another request.
        ["Logging:LogLevel:Azure.Core"] = "Error",
    };

    /// <summary>
    /// Sets the minimum log levels of the libraries. The app's own logs stay at the Information level. An app setting such as
    /// <c>Logging__LogLevel__Azure</c> overrides the corresponding level.
    /// </summary>
    public static IHostApplicationBuilder AddLogLevels(this IHostApplicationBuilder builder)
    {
        // The source is inserted first, where it has the lowest priority, so that app settings override it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        return builder;
    }
}
