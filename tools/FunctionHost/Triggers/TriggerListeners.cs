using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host.Timers;
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
internal sealed partial class TriggerListeners : IAsyncDisposable
{
    /// <summary>The time before failed listeners are started again. It limits the CPU time that a lasting failure uses.</summary>
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(2);

    private readonly Type _methods;
    private readonly TriggerListenerOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _gate = new(1);
    private IHost _host;
    private int _restarting;

    private TriggerListeners(Type methods, TriggerListenerOptions options)
    {
        _methods = methods;
        _options = options;
        _logger = options.Loggers.CreateLogger("FunctionHost");
        _host = Build();
    }

    /// <exception cref="FunctionHostException">A connection string or another setting of a trigger is invalid.</exception>
    public static async Task<TriggerListeners> StartAsync(
        IReadOnlyList<FunctionDescription> functions, TriggerInvocations invocations,
        TriggerListenerOptions options, CancellationToken cancellationToken)
    {
        var methods = TriggerMethods.Emit(
            functions.Where(function => function.Trigger is not HttpTrigger), invocations.InvokeQueueAsync, invocations.InvokeTimerAsync);
        var listeners = new TriggerListeners(methods, options);
        try
        {
            await listeners._host.StartAsync(cancellationToken);
            return listeners;
        }
        catch (Exception failure)
        {
            await listeners.DisposeAsync();
            if (failure is OperationCanceledException)
            {
                throw;
            }

            throw new FunctionHostException($"The queue and timer triggers did not start: {Reason(failure)}", failure);
        }
    }

    /// <summary>Stops receiving messages, and waits until the running functions have ended.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await _host.StopAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _host.Dispose();
    }

    private IHost Build() => new HostBuilder()
        .ConfigureAppConfiguration(configuration => configuration
            .AddInMemoryCollection(_options.HostJson.Select(pair => KeyValuePair.Create($"AzureWebJobs:{pair.Key}", pair.Value)))
            .AddInMemoryCollection(_options.Settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value))))
        .ConfigureLogging(logging => logging.Services.AddSingleton(_options.Loggers))
        .ConfigureWebJobs(webJobs =>
        {
            webJobs.AddAzureStorageQueues();
            webJobs.AddTimers();
        })
        .ConfigureServices(services =>
        {
            services.AddSingleton<ITypeLocator>(new EmittedTypes(_methods));
            services.AddSingleton<IWebJobsExceptionHandler>(new BackgroundFailures(_logger, RestartSoon));
            services.AddSingleton<ScheduleMonitor>(new FileSystemScheduleMonitor(Directory.CreateDirectory(_options.ScheduleDirectory).FullName));
            _options.Locks?.AddTo(services);

            // Suppresses the messages that the SDK's host would log when it starts and stops. They advise the user to press Ctrl-C,
            // which this process handles itself.
            services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        })
        .Build();

    private void RestartSoon()
    {
        if (Interlocked.Exchange(ref _restarting, 1) == 0)
        {
            _ = RestartAsync();
        }
    }

    private async Task RestartAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(RestartDelay, _stopping.Token);
                await _gate.WaitAsync(_stopping.Token);
                try
                {
                    await _host.StopAsync(_stopping.Token);
                    var next = Build();
                    _host.Dispose();
                    _host = next;
                    Volatile.Write(ref _restarting, 0);
                    await _host.StartAsync(_stopping.Token);
                    LogRestarted();
                    return;
                }
                finally
                {
                    _gate.Release();
                }
            }
            catch (OperationCanceledException)
            {
                // The host is stopping, or a function did not end in time. In the second case, the loop tries again.
            }
            catch (Exception failure)
            {
                LogNotRestarted(Reason(failure));
            }
        }
    }

    private static string Reason(Exception failure) => failure.GetBaseException().Message.Split('\n')[0].TrimEnd();

    [LoggerMessage(Level = LogLevel.Information, Message = "The queue and timer triggers are listening again")]
    private partial void LogRestarted();

    [LoggerMessage(Level = LogLevel.Error, Message = "The queue and timer triggers could not be started again: {Reason}")]
    private partial void LogNotRestarted(string reason);

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
