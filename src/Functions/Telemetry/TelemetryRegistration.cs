using System.Runtime.CompilerServices;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Functions.Storage;

namespace ServerlessScale.Functions.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>
    /// Adds the export of traces, metrics and logs. Exports to Application Insights when <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is
    /// set, and over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. When neither setting is set, the OpenTelemetry assemblies are
    /// not loaded.
    /// </summary>
    public static IHostApplicationBuilder AddTelemetry(this IHostApplicationBuilder builder)
    {
        var applicationInsights = builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 };
        var otlp = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (applicationInsights || otlp)
        {
            AddOpenTelemetry(builder, applicationInsights, otlp);
        }

        return builder;
    }

    // This code is in a separate method because compiling it loads the OpenTelemetry assemblies.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOpenTelemetry(IHostApplicationBuilder builder, bool applicationInsights, bool otlp)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithTracing(tracing => tracing.AddSource("System.Net.Http", "ServerlessScale.*"))
            .WithMetrics(metrics => metrics.AddMeter(InvocationMetrics.MeterName, "System.Net.Http", "System.Runtime"))
            .WithLogging();
        if (applicationInsights)
        {
            telemetry.UseAzureMonitorExporter(options =>
            {
                if (RequiresIdentity(builder.Configuration))
                {
                    options.Credential = StorageClients.Credential(builder.Configuration, builder.Environment);
                }
            });
        }

        if (otlp)
        {
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>
    /// Whether Application Insights accepts only identities (its local authentication is off). The Functions host then needs the setting
    /// <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>. The worker's exporter does not read the setting. Without a credential, Application
    /// Insights would refuse all telemetry of the worker with 401.
    /// </summary>
    private static bool RequiresIdentity(IConfiguration configuration) =>
        configuration["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]?.Split(';', StringSplitOptions.TrimEntries)
            .Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase) is true;
}
