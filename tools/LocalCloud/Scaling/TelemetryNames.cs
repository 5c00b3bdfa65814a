using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>Names the app and the instance in the telemetry of a worker (OpenTelemetry's resource attributes).</summary>
internal static class TelemetryNames
{
    private const string CollectorSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string ServiceSetting = "OTEL_SERVICE_NAME";
    private const string ResourceSetting = "OTEL_RESOURCE_ATTRIBUTES";

    /// <summary>
    /// Returns the settings for a worker with its names. The names that the user has specified take precedence. Without a collector, nothing
    /// is added.
    /// </summary>
    /// <param name="host">The options of the host that starts the worker.</param>
    /// <param name="app">The name of the app. The monolith is named <c>shop</c> in the telemetry.</param>
    /// <param name="instance">The name of the instance.</param>
    public static IReadOnlyDictionary<string, string> AddTo(FunctionAppHostOptions host, string app, string instance)
    {
        if (!host.Settings.ContainsKey(CollectorSetting))
        {
            return host.WorkerSettings;
        }

        var settings = new Dictionary<string, string>
        {
            [ServiceSetting] = app == InstanceApp.Monolith ? "shop" : app,
            [ResourceSetting] = $"service.instance.id={instance}",
        };
        foreach (var given in (string[])[ServiceSetting, ResourceSetting])
        {
            if (host.Settings.TryGetValue(given, out var value))
            {
                settings[given] = value;
            }
        }

        foreach (var (name, value) in host.WorkerSettings)
        {
            settings[name] = value;
        }

        return settings;
    }
}
