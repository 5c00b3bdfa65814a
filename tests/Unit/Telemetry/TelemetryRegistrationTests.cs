using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using ServerlessScale.Functions.Telemetry;

namespace ServerlessScale.Tests.Unit.Telemetry;

public sealed class TelemetryRegistrationTests
{
    private const string ConnectionString = "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:1/";

    [Fact]
    public void The_exporter_uses_the_identity_where_local_authentication_is_off()
    {
        using var host = Build(new()
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = ConnectionString,
            ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "ClientId=00000000-0000-0000-0000-000000000002;Authorization=AAD",
            ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000002",
        });

        Assert.IsType<ManagedIdentityCredential>(Options(host).Credential);
    }

    [Fact]
    public void The_exporter_has_no_credential_without_an_authentication_string()
    {
        using var host = Build(new() { ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = ConnectionString });

        Assert.Null(Options(host).Credential);
    }

    [Fact]
    public void Without_an_exporter_nothing_of_OpenTelemetry_is_registered()
    {
        using var host = Build([]);

        Assert.Null(host.Services.GetService<TracerProvider>());
    }

    private static AzureMonitorExporterOptions Options(IHost host) =>
        host.Services.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddTelemetry();
        return builder.Build();
    }
}
