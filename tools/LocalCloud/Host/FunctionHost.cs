using Microsoft.Extensions.Logging;

namespace ServerlessScale.Local.Host;

/// <summary>One instance: a worker, an HTTP server in front of it, and the _listeners of its queues and timers.</summary>
internal sealed class FunctionHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);
    private readonly WorkerSupervisor _workers;
    private HttpInvocations? _http;
    private HttpFrontEnd? _frontEnd;
    private TriggerListeners? _listeners;

    private FunctionHost(WorkerSupervisor workers) => _workers = workers;

    public Uri Address => _frontEnd!.Address;

    public WorkerSupervisor Workers => _workers;

    /// <param name="appDirectory">The function app's build output.</param>
    /// <param name="port">Where to serve HTTP; 0 for any free port.</param>
    /// <param name="settings">App settings: the worker's environment, and where triggers find their connections.</param>
    /// <param name="workerSettings">What the worker's environment has instead.</param>
    /// <param name="dataDirectory">Where timers remember when they last ran.</param>
    public static async Task<FunctionHost> StartAsync(
        string appDirectory, int port, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> workerSettings,
        string dataDirectory, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        foreach (var (name, value) in workerSettings)
        {
            environment[name] = value;
        }

        var hostSettings = HostSettings.Read(appDirectory, settings);
        var host = new FunctionHost(new WorkerSupervisor(appDirectory, dataDirectory, environment, loggers));
        try
        {
            var functions = await host._workers.StartAsync(cancellationToken);
            var invoker = new FunctionInvoker(host._workers, hostSettings.FunctionTimeout, loggers);
            host._listeners = await TriggerListeners.StartAsync(
                functions, new TriggerInvocations(host._workers, invoker, functions), hostSettings, settings,
                Path.Combine(dataDirectory, "timers"), loggers, cancellationToken);
            host._frontEnd = await HttpFrontEnd.StartAsync(
                port, hostSettings.RoutePrefix, functions,
                forwarder => host._http = new HttpInvocations(host._workers, invoker, forwarder), cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
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
}
