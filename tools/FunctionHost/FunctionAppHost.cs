using ServerlessScale.FunctionHost.Http;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Triggers;
using ServerlessScale.FunctionHost.Workers;

namespace ServerlessScale.FunctionHost;

/// <summary>One instance: a worker, an HTTP server in front of it, and the listeners of its queues and timers.</summary>
public sealed class FunctionAppHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);
    private readonly WorkerSupervisor _workers;
    private HttpInvocations? _http;
    private HttpFrontEnd? _frontEnd;
    private TriggerListeners? _listeners;

    private FunctionAppHost(WorkerSupervisor workers) => _workers = workers;

    public Uri Address => _frontEnd!.Address;

    /// <summary>The running worker's process id; null while there is none.</summary>
    public int? WorkerProcessId => _workers.ProcessId;

    /// <summary>Invocations that the running worker has in work.</summary>
    public int InvocationsInFlight => _workers.InFlight;

    /// <summary>How long the running worker took to start; null while there is none.</summary>
    public WorkerStartTimes? WorkerStart => _workers.StartTimes;

    /// <summary>Kills the running worker, as a crash would; a new one is started. Null when there was none to kill.</summary>
    public int? KillWorker() => _workers.KillWorker();

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
                        HostSettings = hostSettings,
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

    /// <summary>
    /// Ends the instance as the loss of its machine would: connections are cut and the worker is killed, in the middle of whatever they
    /// do. Messages in work return to their queue as after the loss of a worker.
    /// </summary>
    public async Task KillAsync()
    {
        // First, so that no client hears of the worker's death from this host.
        await (_frontEnd?.DisposeAsync() ?? ValueTask.CompletedTask);
        _frontEnd = null;
        await _workers.KillForGoodAsync();
        await DisposeAsync();
    }

    /// <summary>Lets running requests and messages end (for a bounded time), then ends the worker.</summary>
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

    /// <summary>Ends the worker of an earlier host that was killed, and so could not end it.</summary>
    /// <param name="dataDirectory">That host's <see cref="FunctionAppHostOptions.DataDirectory"/>.</param>
    public static void EndOrphan(string dataDirectory)
    {
        using var orphan = WorkerSupervisor.NoteIn(dataDirectory).FindRunning();
        orphan?.Kill(entireProcessTree: true);
    }
}
