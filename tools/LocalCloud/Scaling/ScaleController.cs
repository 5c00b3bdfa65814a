using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Edge.Forwarding;

namespace ServerlessScale.Local.Scaling;

/// <summary>Starts and stops instances as target-based scaling decides, and logs each decision with what it was made of.</summary>
internal sealed partial class ScaleController : IAsyncDisposable
{
    private readonly InstancePool _pool;
    private readonly EdgeServer _edge;
    private readonly QueueLengths _queues;
    private readonly TargetBasedScaling _scaling;
    private readonly ScaleTargets _targets;
    private readonly Action<ScaleSample>? _onSample;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _changes = new();
    private readonly Task _loop;

    public ScaleController(
        InstancePool pool, EdgeServer edge, QueueLengths queues, ScaleRange range, ScaleTargets targets,
        Action<ScaleSample>? onSample, ILoggerFactory loggers)
    {
        (_pool, _edge, _queues, _targets, _onSample) = (pool, edge, queues, targets, onSample);
        _scaling = new(range, targets, TimeProvider.System);
        _logger = loggers.CreateLogger("LocalCloud.Scaling");
        _loop = RunAsync();
    }

    /// <summary>Decides no more, and waits for the instances that are being started or stopped.</summary>
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
                // Storage that does not answer for once must not end scaling for good.
                LogNoDecision(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(_stopping.Token));
    }

    private async Task DecideAsync()
    {
        var messages = await _queues.CountAsync(_stopping.Token);
        var demand = new ScaleDemand(_edge.InFlight, messages, _pool.Invocations);
        var current = _pool.Count;
        var wanted = _scaling.Decide(current, demand);
        _onSample?.Invoke(new(current, _pool.Running.Count, demand.Requests, messages.Values.Sum(), wanted));
        if (wanted == current)
        {
            return;
        }

        var waiting = string.Join(", ", messages.Where(queue => queue.Value > 0).Select(queue => $"{queue.Key} {queue.Value}"));
        LogDecision(current, wanted, demand.Requests, waiting);
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
            // The cloud is being stopped.
        }
    }

    private void Follow(Task change)
    {
        _changes[change] = true;
        _ = change.ContinueWith(done => _changes.TryRemove(done, out _), TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "From {Current} to {Wanted} instances: {Requests} requests, messages: [{Messages}]")]
    private partial void LogDecision(int current, int wanted, int requests, string messages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No scaling decision: {Reason}")]
    private partial void LogNoDecision(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An instance could not be started: {Reason}")]
    private partial void LogNotStarted(string reason);
}
