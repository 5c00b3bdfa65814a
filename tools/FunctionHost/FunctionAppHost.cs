using ServerlessScale.FunctionHost.Http;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Triggers;
using ServerlessScale.FunctionHost.Workers;

namespace ServerlessScale.FunctionHost;

/// <summary>
/// Runs one instance of an isolated function app as the Azure Functions host does. It starts the app's unmodified worker process and
/// communicates with it through the worker protocol. It serves the HTTP functions, and runs the queue and timer functions through the
/// WebJobs SDK.
/// </summary>
public sealed class FunctionAppHost : IAsyncDisposable
{
    /// <summary>The time that ASP.NET Core, and therefore Azure's host, waits for running requests when it stops.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(30);

    private readonly WorkerSupervisor _workers;
    private HttpInvocations? _http;
    private HttpFrontEnd? _frontEnd;
    private TriggerListeners? _listeners;
    private bool _disposed;

    private FunctionAppHost(WorkerSupervisor workers) => _workers = workers;

    /// <summary>The base address for clients, such as <c>http://127.0.0.1:7071/</c>.</summary>
    public Uri Address => _frontEnd!.Address;

    /// <summary>The base address for clients; null while the host does not listen, such as after <see cref="KillAsync"/>.</summary>
    public Uri? ListeningAddress => _frontEnd?.Address;

    /// <summary>The process id of the running worker; null while no worker is running.</summary>
    public int? WorkerProcessId => _workers.ProcessId;

    /// <summary>
    /// The number of messages and timer events that the running worker has not processed yet. HTTP requests are not included, because the
    /// host cannot distinguish the requests of clients from health probes.
    /// </summary>
    public int EventsInFlight => _workers.EventsInFlight;

    /// <summary>The start times of the running worker; null while no worker is running.</summary>
    public WorkerStartTimes? WorkerStart => _workers.StartTimes;

    /// <summary>Starts the worker. The returned task completes when all functions are loaded and the HTTP server is listening.</summary>
    /// <exception cref="FunctionHostException">
    /// The app cannot run, its worker did not start, or the port is in use. The message states the remedy.
    /// </exception>
    public static async Task<FunctionAppHost> StartAsync(FunctionAppHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var environment = new Dictionary<string, string>(options.Settings, StringComparer.Ordinal);
        foreach (var (name, value) in options.WorkerSettings)
        {
            environment[name] = value;
        }

        var hostSettings = HostSettings.Read(options.AppDirectory, options.Settings);
        var host = new FunctionAppHost(
            new WorkerSupervisor(options, environment));
        try
        {
            var functions = await host._workers.StartAsync(cancellationToken);
            var invoker = new FunctionInvoker(host._workers, hostSettings.FunctionTimeout, options.Loggers);
            if (!options.HttpOnly)
            {
                var listeners = new TriggerListenerOptions
                {
                    Settings = options.Settings,
                    HostJson = hostSettings.Sections,
                    ScheduleDirectory = options.ScheduleDirectory ?? Path.Combine(options.DataDirectory, "timers"),
                    Locks = options.TimerLocks,
                    Loggers = options.Loggers,
                };
                var invocations = new TriggerInvocations(host._workers, invoker, functions);
                host._listeners = await TriggerListeners.StartAsync(functions, invocations, listeners, cancellationToken);
                host._workers.OnRestarting = host.StopListenersAsync;
                host._workers.OnRestarted = async () =>
                    host._listeners = await TriggerListeners.StartAsync(functions, invocations, listeners, CancellationToken.None);
            }

            host._frontEnd = await HttpFrontEnd.StartAsync(
                HttpFrontEndOptions.From(options.Port, hostSettings.RoutePrefix, options.Settings) with { BeforeFunctions = options.BeforeFunctions },
                functions,
                forwarder => host._http = new HttpInvocations(host._workers, invoker, forwarder, options.Loggers), cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the worker that an earlier host left running because the host itself was killed.</summary>
    /// <param name="dataDirectory">The <see cref="FunctionAppHostOptions.DataDirectory"/> of the earlier host.</param>
    public static void EndOrphan(string dataDirectory)
    {
        using var orphan = WorkerSupervisor.NoteIn(dataDirectory).FindRunning();
        orphan?.Kill(entireProcessTree: true);
    }

    /// <summary>Kills the running worker (SIGKILL) to simulate a crash. The host then starts a new worker.</summary>
    /// <returns>The process id of the killed worker; null if no worker was running.</returns>
    public int? KillWorker() => _workers.KillWorker();

    /// <summary>
    /// Simulates the loss of the instance's machine. The method closes all connections and kills the worker without waiting for its
    /// invocations. Messages that were being processed become visible in their queue again.
    /// </summary>
    public async Task KillAsync()
    {
        // The connections are closed first. Otherwise, clients could get a 503 from this host after the worker has been killed.
        await (_frontEnd?.DisposeAsync() ?? ValueTask.CompletedTask);
        _frontEnd = null;
        await _workers.KillForGoodAsync();
        await DisposeAsync();
    }

    /// <summary>
    /// Stops accepting connections, cancels the running queue and timer functions, and waits at most 30 seconds for requests and functions
    /// to end. Finally, the method stops the worker. A worker that ends while the host is stopping is not replaced.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _workers.StopSupervisingAsync();
        using var limit = new CancellationTokenSource(DrainTime);
        await Task.WhenAll(
            _frontEnd?.DrainAsync(limit.Token) ?? Task.CompletedTask,
            _listeners?.DrainAsync(limit.Token) ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        if (_frontEnd is not null)
        {
            await _frontEnd.DisposeAsync();
        }

        _http?.Dispose();
        if (_listeners is not null)
        {
            await _listeners.DisposeAsync();
        }

        await _workers.DisposeAsync();
    }

    private async Task StopListenersAsync()
    {
        if (_listeners is { } listeners)
        {
            _listeners = null;
            using var limit = new CancellationTokenSource(DrainTime);
            await listeners.DrainAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await listeners.DisposeAsync();
        }
    }
}
