using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Triggers;

/// <summary>
/// Runs queue and timer triggers through the WebJobs SDK. Azure's host also uses this SDK, so batch size, visibility timeout,
/// maxDequeueCount and poison queues behave as in Azure.
/// </summary>
internal sealed class TriggerListeners : IAsyncDisposable
{
    private readonly IHost _host;

    private TriggerListeners(IHost host) => _host = host;

    public static async Task<TriggerListeners> StartAsync(
        IReadOnlyList<FunctionDescription> functions, TriggerInvocations invocations,
        TriggerListenerOptions options, CancellationToken cancellationToken)
    {
        var methods = TriggerMethods.Emit(
            functions.Where(function => function.Trigger is not HttpTrigger), invocations.InvokeQueueAsync, invocations.InvokeTimerAsync);
        var host = new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration
                .AddInMemoryCollection(options.HostJson.Select(pair => KeyValuePair.Create($"AzureWebJobs:{pair.Key}", pair.Value)))
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

                // Suppresses the messages that the SDK's host would log when it starts and stops. They advise the user to press Ctrl-C,
                // which this process handles itself.
                services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
            })
            .Build();
        await host.StartAsync(cancellationToken);
        return new(host);
    }

    /// <summary>Stops receiving messages, and waits until the running functions have ended.</summary>
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

/// <summary>The settings, schedule folder, locks and log of an app's triggers.</summary>
internal sealed record TriggerListenerOptions
{
    /// <summary>The app settings, which contain the connection strings that the triggers refer to.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The settings in host.json, flattened to configuration keys.</summary>
    public required IReadOnlyDictionary<string, string?> HostJson { get; init; }

    /// <summary>The folder in which timers record their last run.</summary>
    public required string ScheduleDirectory { get; init; }

    /// <summary>The locks shared by all instances of the app; null for a single instance.</summary>
    public TimerLocks? Locks { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
