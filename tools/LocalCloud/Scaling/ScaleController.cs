using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Local.Scaling;

/// <summary>
/// Starts and stops the instances of an app through target-based scaling, and logs each change together with the demand that caused it.
/// </summary>
internal sealed partial class ScaleController : IAsyncDisposable
{
    private readonly InstancePool _pool;
    private readonly QueueLengths _queues;
    private readonly TargetBasedScaling _scaling;
    private readonly ScaleTargets _targets;
    private readonly Action<ScaleSample>? _onSample;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _changes = new();
    private readonly Task _loop;

    public ScaleController(
        InstancePool pool, QueueLengths queues, ScaleRange range, ScaleTargets targets,
        Action<ScaleSample>? onSample, ILoggerFactory loggers)
    {
        (_pool, _queues, _targets, _onSample) = (pool, queues, targets, onSample);
        _scaling = new(range, targets, TimeProvider.System);
        _logger = loggers.CreateLogger("LocalCloud.Scaling");
        _loop = RunAsync();
    }

    /// <summary>Stops scaling, and waits until all starts and stops in progress have completed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_changes.Keys);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_targets.Interval);
        do
        {
            try
            {
                await DecideAsync();
            }
            catch (Exception exception) when (exception is Azure.RequestFailedException or AggregateException)
            {
                // A temporary failure of the storage service must not stop scaling permanently.
                LogNoDecision(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(_stopping.Token));
    }

    private async Task DecideAsync()
    {
        var messages = await _queues.CountAsync(_stopping.Token);
        var demand = new ScaleDemand(_pool.Requests, messages, _pool.Events);
        var current = _pool.Count;
        var wanted = _scaling.Decide(current, demand);
        _onSample?.Invoke(new(_pool.App, current, _pool.Running.Count, demand.Requests, messages.Values.Sum(), wanted));
        if (wanted == current)
        {
            return;
        }

        var waiting = string.Join(", ", messages.Where(queue => queue.Value > 0).Select(queue => $"{queue.Key} {queue.Value}"));
        LogDecision(_pool.App, current, wanted, demand.Requests, waiting);
        for (var i = current; i < wanted; i++)
        {
            Follow(StartAsync());
        }

        if (wanted < current && _pool.Newest() is { } newest)
        {
            Follow(_pool.StopAsync(newest));
        }
    }

    private async Task StartAsync()
    {
        try
        {
            await _pool.StartAsync(_stopping.Token);
        }
        catch (LocalCloudException exception)
        {
            LogNotStarted(exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The controller is being disposed.
        }
    }

    private void Follow(Task change)
    {
        _changes[change] = true;
        _ = change.ContinueWith(done => _changes.TryRemove(done, out _), TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{App}: scaling from {Current} to {Wanted} instances for {Requests} requests and messages [{Messages}]")]
    private partial void LogDecision(string app, int current, int wanted, int requests, string messages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scaling is suspended: {Reason}")]
    private partial void LogNoDecision(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An instance could not be started: {Reason}")]
    private partial void LogNotStarted(string reason);
}

/// <summary>The state of an app at a scaling decision.</summary>
/// <param name="App">The name of the app.</param>
/// <param name="Instances">The number of instances that are starting or running.</param>
/// <param name="Ready">The number of running instances.</param>
/// <param name="Requests">The number of HTTP requests that do not have a complete response yet.</param>
/// <param name="Messages">The number of visible messages in all queues of the app.</param>
/// <param name="Wanted">The number of instances that should run according to the decision.</param>
public sealed record ScaleSample(string App, int Instances, int Ready, int Requests, int Messages, int Wanted);
