using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>The instances of one app. The pool starts, drains and kills individual instances, and registers them with the edge.</summary>
internal sealed partial class InstancePool : IAsyncDisposable
{
    /// <summary>The time limit for draining. After this time, the instance is stopped even if it still has requests.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly InstanceApp _app;
    private readonly EdgeServer _edge;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Instance> _instances = [];

    /// <param name="app">The app that every instance runs.</param>
    /// <param name="edge">The edge that forwards requests to the instances.</param>
    public InstancePool(InstanceApp app, EdgeServer edge)
    {
        _app = app;
        _edge = edge;
        _logger = app.Template.Loggers.CreateLogger("LocalCloud.Instances");
        _folder = FolderIn(app.Template.DataDirectory);
    }

    public string App => _app.Name;

    /// <summary>The properties that all instances share.</summary>
    public InstanceApp Properties => _app;

    /// <summary>All instances that are starting, running, draining or lost, ordered by their number.</summary>
    public IReadOnlyList<InstanceDetails> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _instances.Values.Select(instance => new InstanceDetails(instance.Name, instance.OriginId, instance.State, instance.Host))];
            }
        }
    }

    /// <summary>The number of instances that are starting or running. Draining instances are not counted.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _instances.Values.Count(instance => instance.State is InstanceStage.Starting or InstanceStage.Running);
            }
        }
    }

    public IReadOnlyList<InstanceStatus> Running
    {
        get
        {
            var health = _edge.Health.ToLookup(origin => origin.Id);
            return [.. Find(InstanceStage.Running).Select(instance =>
            {
                var known = health[instance.OriginId].ToList();
                return new InstanceStatus(
                    instance.Name,
                    _app.Name,
                    instance.Host?.WorkerProcessId,
                    known.Count > 0 && known.TrueForAll(origin => origin.Healthy),
                    known.Sum(origin => origin.InFlight));
            })];
        }
    }

    /// <summary>
    /// The number of HTTP requests to the app that do not have a complete response yet. The edge counts the requests of clients, but not its
    /// own probes, which would keep an idle app running.
    /// </summary>
    public int Requests => _app.OriginGroups.Sum(group => _edge.InFlightTo(group.Name));

    /// <summary>The number of messages and timer events that the instances are processing.</summary>
    public int Events => Find(InstanceStage.Running).Sum(instance => instance.Host?.EventsInFlight ?? 0);

    /// <summary>Starts an instance with the lowest free number, and registers it with the edge when its functions are loaded.</summary>
    /// <returns>The name of the instance.</returns>
    /// <exception cref="LocalCloudException">The instance did not start.</exception>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        Instance instance;
        Instance? predecessor;
        lock (_gate)
        {
            var number = Enumerable.Range(1, int.MaxValue - 1)
                .First(number => !_instances.TryGetValue(number, out var taken) || taken.State == InstanceStage.Killed);
            _instances.TryGetValue(number, out predecessor);
            instance = new(_app.Name, number);
            _instances[number] = instance;
        }

        try
        {
            instance.Host = await FunctionAppHost.StartAsync(
                _app.Template with
                {
                    Port = 0,
                    DataDirectory = Directory.CreateDirectory(Path.Combine(_folder, instance.Name)).FullName,
                    WorkerSettings = new Dictionary<string, string>(TelemetryNames.AddTo(_app.Template, _app.Name, instance.Name)) { ["InstanceName"] = instance.Name },
                    BeforeFunctions = _app.BeforeFunctions?.Invoke(instance.Name),
                },
                cancellationToken);
            await _edge.ReplaceAsync(predecessor?.OriginId, _app.OriginsOf(instance.Number, instance.OriginId, instance.Host.Address));
        }
        catch (Exception failure)
        {
            Forget(instance);
            await (instance.Host?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (failure is FunctionHostException)
            {
                throw new LocalCloudException(failure.Message, failure);
            }

            throw;
        }

        lock (_gate)
        {
            instance.State = InstanceStage.Running;
        }

        LogStarted(instance.Name);
        Report(instance.Name, $"{instance.Name} is ready.");
        return instance.Name;
    }

    /// <summary>Simulates the loss of an instance's machine. The edge is not notified and must detect the loss itself.</summary>
    /// <returns>False if no instance with this name is running.</returns>
    public async Task<bool> KillAsync(string name)
    {
        if (Take(name, InstanceStage.Killed) is not { } instance)
        {
            return false;
        }

        LogKilled(name);
        Report(name, $"{name} was killed. The edge has not been told.");
        await instance.Host!.KillAsync();
        return true;
    }

    /// <summary>Stops sending requests to an instance, waits until it has completed its requests and messages, and then stops it.</summary>
    /// <returns>False if no instance with this name is running.</returns>
    public async Task<bool> StopAsync(string name)
    {
        if (Take(name, InstanceStage.Draining) is not { } instance)
        {
            return false;
        }

        LogDraining(name);
        Report(name, $"{name} is draining.");
        if (!await _edge.DrainAsync(instance.OriginId, DrainLimit))
        {
            LogNotDrained(name, DrainLimit);
        }

        await instance.Host!.DisposeAsync();
        Forget(instance);
        LogStopped(name);
        Report(name, $"{name} has stopped.");
        return true;
    }

    /// <summary>Removes the lost instances that no new instance has replaced from the edge.</summary>
    public async Task ForgetLostAsync()
    {
        foreach (var lost in Find(InstanceStage.Killed))
        {
            await _edge.RemoveAsync(lost.OriginId);
            Forget(lost);
        }
    }

    /// <summary>
    /// Returns the name of the running instance with the highest number, which is the first to be stopped; null if no instance is running.
    /// </summary>
    public string? Newest() => Find(InstanceStage.Running).LastOrDefault()?.Name;

    /// <summary>The host of the running instance with the lowest number; null if no instance is running.</summary>
    public FunctionAppHost? FirstHost => Find(InstanceStage.Running).FirstOrDefault()?.Host;

    public async ValueTask DisposeAsync() => await Task.WhenAll(
        Find(InstanceStage.Running).Select(instance => instance.Host!.DisposeAsync().AsTask()));

    /// <summary>
    /// Kills the workers that an earlier run left behind because it was killed. All instance folders are searched, because the earlier run
    /// may have had more instances or other apps.
    /// </summary>
    /// <param name="dataDirectory">The data folder of the cloud.</param>
    public static void EndOrphans(string dataDirectory)
    {
        // A run without an edge has its only worker in the data folder itself.
        FunctionAppHost.EndOrphan(dataDirectory);
        if (!Directory.Exists(FolderIn(dataDirectory)))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(FolderIn(dataDirectory)))
        {
            FunctionAppHost.EndOrphan(folder);
        }
    }

    private List<Instance> Find(InstanceStage state)
    {
        lock (_gate)
        {
            return [.. _instances.Values.Where(instance => instance.State == state)];
        }
    }

    private Instance? Take(string name, InstanceStage state)
    {
        lock (_gate)
        {
            var instance = _instances.Values.FirstOrDefault(instance => instance.Name == name && instance.State == InstanceStage.Running);
            instance?.State = state;
            return instance;
        }
    }

    private void Forget(Instance instance)
    {
        lock (_gate)
        {
            if (_instances.GetValueOrDefault(instance.Number) == instance)
            {
                _instances.Remove(instance.Number);
            }
        }
    }

    private void Report(string instance, string text) => _app.OnChange?.Invoke(new(_app.Name, instance, text));

    private static string FolderIn(string dataDirectory) => Path.Combine(dataDirectory, "instances");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} is ready")]
    private partial void LogStarted(string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Killing {Instance}")]
    private partial void LogKilled(string instance);

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Instance}")]
    private partial void LogDraining(string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping {Instance} although it still has requests after {Limit}")]
    private partial void LogNotDrained(string instance, TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} has stopped")]
    private partial void LogStopped(string instance);

    private sealed class Instance(string app, int number)
    {
        public int Number => number;

        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{app}-{number}");

        /// <summary>
        /// A different id for each start, so that the edge does not apply the health of an earlier instance to the new instance.
        /// </summary>
        public string OriginId { get; } = string.Create(CultureInfo.InvariantCulture, $"{app}-{number}/{Guid.NewGuid():N}");

        public InstanceStage State { get; set; }

        public FunctionAppHost? Host { get; set; }
    }
}

/// <summary>The stages in the life of an instance. A killed instance is known to the edge until a new instance replaces it.</summary>
internal enum InstanceStage
{
    Starting,
    Running,
    Draining,
    Killed,
}

/// <param name="Name">The name of the instance, such as <c>cart-2</c>.</param>
/// <param name="OriginId">The id of the instance at the edge.</param>
/// <param name="Stage">The current stage.</param>
/// <param name="Host">The host; null while the instance is starting.</param>
internal sealed record InstanceDetails(string Name, string OriginId, InstanceStage Stage, FunctionAppHost? Host);

/// <summary>A running instance.</summary>
/// <param name="Name">The name of the instance, such as <c>cart-2</c>.</param>
/// <param name="App">The name of the app that the instance runs.</param>
/// <param name="WorkerProcessId">The process id of the worker; null while no worker is running.</param>
/// <param name="Healthy">Whether the instance is healthy in all of its origin groups.</param>
/// <param name="InFlight">
/// The number of requests that the edge has forwarded to the instance and that do not have a complete response yet.
/// </param>
public sealed record InstanceStatus(string Name, string App, int? WorkerProcessId, bool Healthy, int InFlight);
