using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// Queue and timer triggers on the WebJobs SDK, the engine of the production host: batch size, visibility, maxDequeueCount and
/// poison queues mean what host.json says, as in Azure.
/// </summary>
internal sealed class TriggerListeners : IAsyncDisposable
{
    private readonly IHost _host;

    private TriggerListeners(IHost host) => _host = host;

    public static async Task<TriggerListeners> StartAsync(
        IReadOnlyList<FunctionDescription> functions, TriggerInvocations invocations,
        TriggerListenerOptions options, CancellationToken cancellationToken)
    {
        var methods = TriggerMethods.Emit(functions.Where(function => function.Trigger is not HttpTrigger), invocations);
        var host = new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration
                .AddInMemoryCollection(options.HostSettings.Sections.Select(pair => KeyValuePair.Create($"AzureWebJobs:{pair.Key}", pair.Value)))
                .AddInMemoryCollection(options.Settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value))))
            .ConfigureLogging(logging => logging.Services.AddSingleton(options.Loggers))
            .ConfigureWebJobs(webJobs =>
            {
                webJobs.AddAzureStorageQueues();
                webJobs.AddTimers();
            })
            .ConfigureServices(services =>
            {
                services.AddSingleton<ITypeLocator>(new EmittedTypes(methods));
                services.AddSingleton<ScheduleMonitor>(new FileSystemScheduleMonitor(Directory.CreateDirectory(options.ScheduleDirectory).FullName));
                options.Locks?.AddTo(services);

                // Ctrl-C is LocalCloud's to handle; the SDK's host must not print or stop by itself.
                services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
            })
            .Build();
        await host.StartAsync(cancellationToken);
        return new(host);
    }

    /// <summary>Takes no new messages and waits for the functions that run.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class EmittedTypes(Type type) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => [type];
    }
}

/// <summary>Where triggers find their connections, limits, schedules and locks.</summary>
internal sealed record TriggerListenerOptions
{
    /// <summary>App settings, among them the connections that triggers name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required HostSettings HostSettings { get; init; }

    /// <summary>Where timers remember when they last ran.</summary>
    public required string ScheduleDirectory { get; init; }

    /// <summary>Null for an instance that is alone.</summary>
    public TimerLocks? Locks { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
