using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// Keeps one worker running. A worker that ends unexpectedly is replaced immediately, and requests wait for the new worker. After too many
/// losses, Azure's host ends, and the platform starts a new host. The supervisor emulates this restart: it reports that the host is not
/// running, and starts the next worker after a pause. The pause grows if the worker does not start.
/// </summary>
internal sealed partial class WorkerSupervisor(FunctionAppHostOptions options, IReadOnlyDictionary<string, string> environment) : IAsyncDisposable
{
    /// <summary>The maximum time from the start of a worker's process until all functions are loaded.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>The maximum pause between two attempts to start a worker.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = options.Loggers.CreateLogger("FunctionHost.Worker");
    private readonly WorkerConfig _config = WorkerConfig.Read(options.AppDirectory);
    private readonly ProcessNote _note = NoteIn(options.DataDirectory);
    private readonly WorkerChannels _channels = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WorkerLosses _losses = new(TimeProvider.System);
    private readonly Lock _gate = new();
    private TaskCompletionSource<Worker> _ready = NewReady();
    private WorkerRpcServer? _server;
    private Task _supervision = Task.CompletedTask;
    private volatile Worker? _replaced;
    private volatile bool _down;

    /// <summary>
    /// Whether the host is restarting because it has lost too many workers, or is stopping. Requests then fail immediately instead of
    /// waiting.
    /// </summary>
    public bool IsDown => _down;

    /// <summary>Called before the host restarts. No messages may be received until <see cref="OnRestarted"/> is called.</summary>
    public Func<Task> OnRestarting { get; set; } = () => Task.CompletedTask;

    /// <summary>Called when the host has restarted and its worker is ready.</summary>
    public Func<Task> OnRestarted { get; set; } = () => Task.CompletedTask;

    /// <summary>The number of messages and timer events that the running worker has not processed yet.</summary>
    public int EventsInFlight => Current?.Channel.EventsInFlight ?? 0;

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
    /// Returns the running worker. If the worker is being replaced, waits for the new worker. Returns null if the time limit is exceeded or
    /// the host is down (<see cref="IsDown"/>).
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

        if (_down)
        {
            return null;
        }

        try
        {
            return await waiting.WaitAsync(limit, cancellationToken);
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
        worker?.Process.Kill();
        return worker?.Process.Id;
    }

    /// <summary>Kills the running worker and does not start a new one.</summary>
    public async Task KillForGoodAsync()
    {
        await StopSupervisingAsync();
        Current?.Process.Kill();
    }

    /// <summary>
    /// Stops replacing workers that end. The running worker completes its invocations. When the returned task completes, no worker is being
    /// started.
    /// </summary>
    public async Task StopSupervisingAsync()
    {
        await _stopping.CancelAsync();
        await _supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Current is null)
        {
            GoDown();
        }
    }

    /// <summary>Kills a worker that no longer responds. A new worker is started, and the replacement does not count as a loss.</summary>
    public void Replace(Worker worker, string reason)
    {
        LogReplaced(worker.Process.Id, reason);
        _replaced = worker;
        TakeOutOfService(worker);
        worker.Process.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        // The current worker is read only after the supervision has ended, because the supervision may start another worker until then.
        await StopSupervisingAsync();
        var last = Current;
        if (last is not null)
        {
            last.Channel.Terminate(GracePeriod);
            await Task.WhenAny(last.Process.Exited, Task.Delay(GracePeriod));
        }

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
    private void TakeOutOfService(Worker worker)
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
    /// Kills the worker of an earlier host that was killed. On Windows, such a worker does not end by itself (see
    /// <see cref="WorkerProcess"/>), and would continue to use memory and lock the app's files.
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
        cancellationToken.ThrowIfCancellationRequested();
        var workerId = Guid.NewGuid().ToString();
        var channel = new WorkerChannel(options.AppDirectory, new WorkerLog(options.Loggers));
        _channels.Add(workerId, channel);
        var startedAt = Stopwatch.GetTimestamp();
        var process = WorkerProcess.Start(
            _config, options.AppDirectory, workerId, _server!.Address, environment, options.Loggers.CreateLogger("Worker.Output"));
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

    private void GoDown()
    {
        TaskCompletionSource<Worker> waiting;
        lock (_gate)
        {
            _down = true;
            waiting = _ready;
            _ready = NewReady();
        }

        waiting.TrySetCanceled();
    }

    private async Task SuperviseAsync(Worker worker)
    {
        while (true)
        {
            await Task.WhenAny(worker.Process.Exited, worker.Channel.Closed).WaitAsync(_stopping.Token);

            TakeOutOfService(worker);

            // If the stream has ended but the process is still running, the host can no longer communicate with the worker.
            worker.Process.Kill();
            await worker.Process.Exited;

            worker.Channel.Close();
            LogEnded(worker.Process.Id, worker.Process.ExitCode, worker.Channel.Lost, worker.Process.LastOutput);
            await worker.Process.DisposeAsync();
            worker = await NextAsync(isLoss: worker != _replaced);
        }
    }

    /// <summary>Starts the next worker, and restarts the host first if necessary.</summary>
    private async Task<Worker> NextAsync(bool isLoss)
    {
        var restarting = isLoss && _losses.Add() && options.RestartsAfterLosses;
        var pause = options.RestartTime;
        while (true)
        {
            if (restarting)
            {
                await RestartAsync(pause);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxPause.Ticks));
            }

            try
            {
                var worker = await StartWorkerAsync(_stopping.Token);
                lock (_gate)
                {
                    _down = false;
                    _ready.SetResult(worker);
                }

                if (restarting)
                {
                    _losses.Clear();
                    await ReportRestartAsync();
                }

                return worker;
            }
            catch (FunctionHostException exception)
            {
                restarting |= _losses.Add() && options.RestartsAfterLosses;
                LogStartFailed(exception.Message);
            }
        }
    }

    private async Task ReportRestartAsync()
    {
        try
        {
            await OnRestarted();
        }
        catch (Exception failure) when (!_stopping.IsCancellationRequested)
        {
            // The host continues without its triggers, because the HTTP functions still work. The next restart tries again.
            LogTriggersFailed(failure.Message);
        }
    }

    private async Task RestartAsync(TimeSpan pause)
    {
        if (!_down)
        {
            LogRestarting();
            GoDown();
            await OnRestarting();
        }

        await Task.Delay(pause, _stopping.Token);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Killing worker {ProcessId}, which an earlier run left behind")]
    private partial void LogOrphan(int processId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {ProcessId} is ready: {Functions} functions loaded in {Milliseconds} ms")]
    private partial void LogStarted(int processId, int functions, long milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {ProcessId} ended with exit code {ExitCode} and {Lost} invocations in flight.\n{Output}")]
    private partial void LogEnded(int processId, int exitCode, int lost, string output);

    [LoggerMessage(Level = LogLevel.Error, Message = "Restarting the host, because it has lost too many workers within 30 minutes. Until a worker is ready, requests get 503.")]
    private partial void LogRestarting();

    [LoggerMessage(Level = LogLevel.Error, Message = "The queue and timer triggers could not be started again: {Reason}")]
    private partial void LogTriggersFailed(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The worker could not be started: {Reason}")]
    private partial void LogStartFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replacing worker {ProcessId}: {Reason}")]
    private partial void LogReplaced(int processId, string reason);
}

/// <summary>A running worker that has loaded its functions.</summary>
internal sealed record Worker(
    WorkerProcess Process, WorkerChannel Channel, IReadOnlyList<FunctionDescription> Functions, WorkerStartTimes StartTimes);
