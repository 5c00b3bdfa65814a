using ServerlessScale.FunctionHost.Http;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Triggers;
using ServerlessScale.FunctionHost.Workers;

namespace ServerlessScale.FunctionHost;

/// <summary>
/// Runs one instance of an isolated function app as the Azure Functions host does: starts the unmodified worker process, speaks the
/// worker protocol with it, serves its HTTP functions and runs its queue and timer functions by the WebJobs SDK.
/// </summary>
public sealed class FunctionAppHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);
    private readonly WorkerSupervisor _workers;
    private HttpInvocations? _http;
    private HttpFrontEnd? _frontEnd;
    private TriggerListeners? _listeners;

    private FunctionAppHost(WorkerSupervisor workers) => _workers = workers;

    /// <summary>Where clients send their requests, e.g. <c>http://127.0.0.1:7071/</c>.</summary>
    public Uri Address => _frontEnd!.Address;

    /// <summary>The running worker's process id; null while the worker is being restarted.</summary>
    public int? WorkerProcessId => _workers.ProcessId;

    /// <summary>The number of invocations that the running worker has not completed yet.</summary>
    public int InvocationsInFlight => _workers.InFlight;

    /// <summary>How long the running worker took to start; null while the worker is being restarted.</summary>
    public WorkerStartTimes? WorkerStart => _workers.StartTimes;

    /// <summary>Starts the worker and returns when all its functions are loaded and the HTTP port listens.</summary>
    /// <exception cref="FunctionHostException">The app cannot be run, its worker did not start, or the port is taken; the message says what to do.</exception>
    public static async Task<FunctionAppHost> StartAsync(FunctionAppHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var environment = new Dictionary<string, string>(options.Settings, StringComparer.Ordinal);
        foreach (var (name, value) in options.WorkerSettings)
        {
            environment[name] = value;
        }

        var hostSettings = HostSettings.Read(options.AppDirectory, options.Settings);
        var host = new FunctionAppHost(new WorkerSupervisor(options.AppDirectory, options.DataDirectory, environment, options.Loggers));
        try
        {
            var functions = await host._workers.StartAsync(cancellationToken);
            var invoker = new FunctionInvoker(host._workers, hostSettings.FunctionTimeout, options.Loggers);
            if (!options.HttpOnly)
            {
                host._listeners = await TriggerListeners.StartAsync(
                    functions,
                    new TriggerInvocations(host._workers, invoker, functions),
                    new()
                    {
                        Settings = options.Settings,
                        HostJson = hostSettings.Sections,
                        ScheduleDirectory = options.ScheduleDirectory ?? Path.Combine(options.DataDirectory, "timers"),
                        Locks = options.TimerLocks,
                        Loggers = options.Loggers,
                    },
                    cancellationToken);
            }

            host._frontEnd = await HttpFrontEnd.StartAsync(
                options.Port, hostSettings.RoutePrefix, functions,
                forwarder => host._http = new HttpInvocations(host._workers, invoker, forwarder), cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the worker that an earlier host left behind because that host was killed.</summary>
    /// <param name="dataDirectory">The earlier host's <see cref="FunctionAppHostOptions.DataDirectory"/>.</param>
    public static void EndOrphan(string dataDirectory)
    {
        using var orphan = WorkerSupervisor.NoteIn(dataDirectory).FindRunning();
        orphan?.Kill(entireProcessTree: true);
    }

    /// <summary>Kills the running worker (SIGKILL), as a crash would. The host starts a new one at once.</summary>
    /// <returns>The killed worker's process id, or null when none was running.</returns>
    public int? KillWorker() => _workers.KillWorker();

    /// <summary>
    /// Ends the instance as the loss of its machine would: cuts all connections and kills the worker in the middle of its invocations.
    /// Messages that were being processed become visible in their queue again.
    /// </summary>
    public async Task KillAsync()
    {
        // The connections are cut first, so that no client gets a 503 from this host about the death of the worker.
        await (_frontEnd?.DisposeAsync() ?? ValueTask.CompletedTask);
        _frontEnd = null;
        await _workers.KillForGoodAsync();
        await DisposeAsync();
    }

    /// <summary>Lets running requests and messages end, for at most 15 seconds, and then ends the worker.</summary>
    public async ValueTask DisposeAsync()
    {
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
}
