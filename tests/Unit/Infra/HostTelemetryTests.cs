using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Tests the settings that limit the volume of the Functions host's own logs and traces. Like the host, the tests apply <c>host.json</c>
/// with the classes of Microsoft.Extensions.Logging.
/// </summary>
public sealed class HostTelemetryTests
{
    private static string Root => Repository.FindRoot(AppContext.BaseDirectory)!;

    public static TheoryData<string> Installations => Installation.All;

    // The categories and levels were recorded from Azure Functions host 4.1037 with the filter "default": "Information".
    [Theory]
    [InlineData("Azure.Core", LogLevel.Information)]
    [InlineData("Azure.Core", LogLevel.Warning)]
    [InlineData("Host.General", LogLevel.Information)]
    [InlineData("Host.Startup", LogLevel.Information)]
    [InlineData("Host.Triggers.Timer", LogLevel.Information)]
    [InlineData("Microsoft.Azure.WebJobs.Hosting.JobHostService", LogLevel.Information)]
    [InlineData("Microsoft.Azure.WebJobs.Hosting.OptionsLoggingService", LogLevel.Information)]
    public void The_host_does_not_log_polling_or_startup_details(string category, LogLevel level) =>
        Assert.False(HostLogs(category, level));

    [Theory]
    [InlineData("Azure.Core", LogLevel.Error)]
    [InlineData("Azure.Identity", LogLevel.Warning)]
    [InlineData("Function.ResizeImage", LogLevel.Information)]
    [InlineData("Function.ResizeImage.User", LogLevel.Information)]
    [InlineData("Host.Aggregator", LogLevel.Information)]
    [InlineData("Host.Results", LogLevel.Information)]
    [InlineData("Host.Startup", LogLevel.Error)]
    [InlineData("Microsoft.Azure.WebJobs.Hosting.JobHostService", LogLevel.Warning)]
    public void The_host_logs_invocations_and_failures(string category, LogLevel level) => Assert.True(HostLogs(category, level));

    [Theory, MemberData(nameof(Installations))]
    public void No_installation_traces_queue_polling(string name) => Assert.All(Installation.Read(name).AppSettings.Values, settings =>
    {
        Assert.Equal("true", settings["AZURE_TRACING_DISABLED"]);
        Assert.Equal("false", settings["DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION"]);
    });

    private static bool HostLogs(string category, LogLevel level)
    {
        var hostJson = new ConfigurationBuilder().AddJsonFile(Path.Combine(Root, "host.json")).Build();
        using var services = new ServiceCollection()
            .AddLogging(logging => logging
                .SetMinimumLevel(LogLevel.None)
                // The host registers this rule for the exporter before it applies host.json (OpenTelemetryConfigurationExtensions.cs).
                .AddFilter<OpenTelemetryProvider>("Microsoft.Azure.WebJobs.*", _ => true)
                .AddConfiguration(hostJson.GetSection("logging"))
                .AddProvider(new OpenTelemetryProvider()))
            .BuildServiceProvider();
        return services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level);
    }

    /// <summary>A logger provider that accepts every record. It has the same alias as the host's exporter.</summary>
    [ProviderAlias("OpenTelemetry")]
    private sealed class OpenTelemetryProvider : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Everything();

        public void Dispose()
        {
        }

        private sealed class Everything : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
            }
        }
    }
}
