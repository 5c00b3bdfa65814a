using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Telemetry;

internal static class LogLevels
{
    /// <summary>
    /// The lowest level that each of these components may log. At the level Information, they log several records for each request and
    /// each storage operation, which are exported and paid for. <c>host.json</c> does not apply to the worker's logs.
    /// </summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        // The traces and metrics contain the same requests.
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
        ["Logging:LogLevel:Azure"] = "Warning",

        // A response such as 404 or 412 is a warning to Azure.Core. To the stores, such a response means that a row is missing or was
        // changed by somebody else, which is normal.
        ["Logging:LogLevel:Azure.Core"] = "Error",
    };

    /// <summary>
    /// Limits the logs of the libraries. The shop's own logs keep the level Information. An app setting such as
    /// <c>Logging__LogLevel__Azure</c> overrides a limit.
    /// </summary>
    public static IHostApplicationBuilder AddLogLevels(this IHostApplicationBuilder builder)
    {
        // A configuration source at the beginning has the lowest priority, so that app settings override it.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        return builder;
    }
}
