using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// Keeps one worker running. When a worker ends unexpectedly, it is replaced immediately the first time, and then after an increasing
/// delay, so that an app that crashes at startup does not use too much CPU time.
/// </summary>
internal sealed partial class WorkerSupervisor(
    string appDirectory, string dataDirectory, IReadOnlyDictionary<string, string> environment, ILoggerFactory loggers) : IAsyncDisposable
{
    /// <summary>The maximum time from the start of a worker's process until all functions are loaded.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The running time after which a worker is considered healthy. When a healthy worker ends, the restart delay is reset.
    /// </summary>
    private static readonly TimeSpan HealthyAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Backoff =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)];

    private readonly ILogger _logger = loggers.CreateLogger("FunctionHost.Worker");
    private readonly WorkerConfig _config = WorkerConfig.Read(appDirectory);
    private readonly ProcessNote _note = NoteIn(dataDirectory);
    private readonly WorkerChannels _channels = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource<Worker> _ready = NewReady();
    private WorkerRpcServer? _server;
    private Task _supervision = Task.CompletedTask;
    private volatile Worker? _killed;

    /// <summary>The number of invocations that the running worker has not completed yet.</summary>
    public int InFlight => Current?.Channel.InFlight ?? 0;

    /// <summary>The process id of the running worker; null while no worker is running.</summary>
    public int? ProcessId => Current is { } worker ? worker.Process.Id : null;

    /// <summary>The start times of the running worker; null while no worker is running.</summary>
    public WorkerStartTimes? StartTimes => Current?.StartTimes;

    private Worker? Current
    {
        get
        {
            lock (_gate)
            {
                return _ready.Task.IsCompletedSuccessfully ? _ready.Task.Result : null;
            }
        }
    }

    /// <summary>Returns the file that records a host's worker process.</summary>
    public static ProcessNote NoteIn(string dataDirectory) => new(Path.Combine(dataDirectory, "worker.process"));

    /// <summary>Starts the first worker, and waits until its functions are loaded.</summary>
    /// <returns>The functions of the app.</returns>
    /// <exception cref="FunctionHostException">The first worker did not start. The message quotes its last output.</exception>
    public async Task<IReadOnlyList<FunctionDescription>> StartAsync(CancellationToken cancellationToken)
    {
        EndOrphan();
        _server = await WorkerRpcServer.StartAsync(_channels, cancellationToken);
        var first = await StartWorkerAsync(cancellationToken);
        _ready.SetResult(first);
        _supervision = SuperviseAsync(first);
        return first.Functions;
    }

    /// <summary>
    /// Returns the running worker, and waits while the worker is being restarted. Returns null if the time limit is exceeded or the host
    /// stops.
    /// </summary>
    public async Task<Worker?> GetAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task<Worker> waiting;
        lock (_gate)
        {
            waiting = _ready.Task;
        }

        if (waiting.IsCompletedSuccessfully)
        {
            return await waiting;
        }

        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            return await waiting.WaitAsync(limit, given.Token);
        }
        catch (Exception exception) when (exception is TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Kills the running worker to simulate a crash. A new worker is started.</summary>
    /// <returns>The process id of the killed worker; null if no worker was running.</returns>
    public int? KillWorker()
    {
        var worker = Current;
        _killed = worker;
        worker?.Process.Kill();
        return worker?.Process.Id;
    }

    /// <summary>Kills the running worker and does not start a new one.</summary>
    public async Task KillForGoodAsync()
    {
        await _stopping.CancelAsync();
        Current?.Process.Kill();
    }

    /// <summary>Kills a worker that no longer responds. A new worker is started.</summary>
    public void Recycle(Worker worker, string reason)
    {
        LogRecycled(worker.Process.Id, reason);
        TakeOutOfService(worker);
        worker.Process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        var last = Current;
        await _stopping.CancelAsync();
        if (last is not null)
        {
            last.Channel.Terminate(GracePeriod);
            await Task.WhenAny(last.Process.Exited, Task.Delay(GracePeriod));
        }

        await _supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (last is not null)
        {
            last.Channel.Close();
            await last.Process.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _stopping.Dispose();
    }

    /// <summary>Stops sending invocations to the worker. Running invocations continue.</summary>
    public void TakeOutOfService(Worker worker)
    {
        lock (_gate)
        {
            if (_ready.Task.IsCompletedSuccessfully && _ready.Task.Result == worker)
            {
                _ready = NewReady();
            }
        }
    }

    /// <summary>
    /// Kills the worker of an earlier host that was killed. Such a worker does not exit by itself, and would continue to use memory and
    /// lock the app's files.
    /// </summary>
    private void EndOrphan()
    {
        using var orphan = _note.FindRunning();
        if (orphan is not null)
        {
            LogOrphan(orphan.Id);
            orphan.Kill(entireProcessTree: true);
        }
    }

    private static TaskCompletionSource<Worker> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<Worker> StartWorkerAsync(CancellationToken cancellationToken)
    {
        var workerId = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(appDirectory, new WorkerLog(loggers));
        _channels.Add(workerId, channel);
        var startedAt = Stopwatch.GetTimestamp();
        var process = WorkerProcess.Start(
            _config, appDirectory, workerId, _server!.Address, environment, loggers.CreateLogger("Worker.Output"));
        process.NoteIn(_note);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        try
        {
            var handshake = channel.HandshakeAsync(function => !FunctionSwitch.IsOff(function.Name, Setting), limit.Token);
            if (await Task.WhenAny(handshake, process.Exited) != handshake)
            {
                throw new FunctionHostException(
                    $"The worker ended with exit code {process.ExitCode} before it was ready: {WorkerOutput.Reason(process.LastOutput)}");
            }

            var functions = await handshake;
            var loadTime = Stopwatch.GetElapsedTime(startedAt);
            LogStarted(process.Id, functions.Count, (long)loadTime.TotalMilliseconds);
            _ = ForgetWhenClosedAsync(workerId, channel);
            return new(process, channel, functions, channel.Handshake!.StartTimes(startedAt, loadTime));
        }
        catch (Exception exception)
        {
            channel.Close();
            _channels.Remove(workerId);
            var output = process.LastOutput;
            await process.DisposeAsync();
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new FunctionHostException(
                    $"The worker was not ready within {StartTimeout.TotalSeconds:0} s. Its last output:{Environment.NewLine}{output}", exception);
            }

            throw;
        }
    }

    private async Task ForgetWhenClosedAsync(string workerId, WorkerChannel channel)
    {
        await channel.Closed;
        _channels.Remove(workerId);
    }

    private string? Setting(string name) => environment.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name);

    private async Task SuperviseAsync(Worker worker)
    {
        var deaths = 0;
        while (true)
        {
            var clock = Stopwatch.StartNew();
            await Task.WhenAny(worker.Process.Exited, worker.Channel.Closed).WaitAsync(_stopping.Token);

            TakeOutOfService(worker);

            // If the stream has ended but the process is still running, the host can no longer communicate with the worker.
            worker.Process.Kill();
            await worker.Process.Exited;

            // A worker that was killed on purpose does not indicate a crash loop, so its replacement starts without a delay.
            deaths = clock.Elapsed > HealthyAfter || worker == _killed ? 1 : deaths + 1;
            LogDied(worker.Process.Id, worker.Process.ExitCode, worker.Channel.InFlight, worker.Process.LastOutput);
            worker.Channel.Close();
            await worker.Process.DisposeAsync();

            worker = await RestartAsync(deaths);
            lock (_gate)
            {
                _ready.SetResult(worker);
            }
        }
    }

    private async Task<Worker> RestartAsync(int deaths)
    {
        while (true)
        {
            await Task.Delay(Backoff[Math.Min(deaths - 1, Backoff.Length - 1)], _stopping.Token);
            try
            {
                return await StartWorkerAsync(_stopping.Token);
            }
            catch (FunctionHostException exception)
            {
                deaths++;
                LogRestartFailed(exception.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Killing worker {ProcessId}, which is left over from an earlier run")]
    private partial void LogOrphan(int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {ProcessId} is ready: {Functions} functions loaded in {Milliseconds} ms")]
    private partial void LogStarted(int processId, int functions, long milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {ProcessId} ended with exit code {ExitCode} and {InFlight} invocations in flight. Restarting.\n{Output}")]
    private partial void LogDied(int processId, int exitCode, int inFlight, string output);

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker could not be restarted: {Reason}")]
    private partial void LogRestartFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replacing worker {ProcessId}: {Reason}")]
    private partial void LogRecycled(int processId, string reason);
}

/// <summary>A running worker that has loaded its functions.</summary>
internal sealed record Worker(
    WorkerProcess Process, WorkerChannel Channel, IReadOnlyList<FunctionDescription> Functions, WorkerStartTimes StartTimes);
