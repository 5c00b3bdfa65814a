using System.Globalization;
using Microsoft.Extensions.Logging;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>One app's instances behind the edge: named, started, drained and killed one by one.</summary>
internal sealed partial class InstancePool : IAsyncDisposable
{
    /// <summary>What an instance's requests get to end before it is stopped regardless.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    private readonly InstanceApp _app;
    private readonly EdgeServer _edge;
    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, Instance> _instances = [];

    /// <param name="app">What every instance runs, and the groups of the edge that it is in.</param>
    /// <param name="edge">Where they are entered and taken out.</param>
    public InstancePool(InstanceApp app, EdgeServer edge)
    {
        _app = app;
        _edge = edge;
        _logger = app.Template.Loggers.CreateLogger("LocalCloud.Instances");
        _folder = FolderIn(app.Template.DataDirectory);
    }

    public string App => _app.Name;

    /// <summary>Those that run or start, but not those that drain.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _instances.Values.Count(instance => instance.State is InstanceState.Starting or InstanceState.Running);
            }
        }
    }

    public IReadOnlyList<InstanceStatus> Running
    {
        get
        {
            var health = _edge.Health.ToLookup(origin => origin.Id);
            return [.. Find(InstanceState.Running).Select(instance =>
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

    /// <summary>The app's requests that have no complete answer yet.</summary>
    public int Requests => _app.OriginGroups.Sum(group => _edge.InFlightTo(group.Name));

    /// <summary>Invocations that the instances' workers have in work, whatever started them.</summary>
    public int Invocations => Find(InstanceState.Running).Sum(instance => instance.Host?.InvocationsInFlight ?? 0);

    /// <summary>Starts an instance under the lowest free number; the edge sends requests to it once its functions are loaded.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="LocalCloudException">It did not come up.</exception>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        Instance instance;
        Instance? predecessor;
        lock (_gate)
        {
            var number = Enumerable.Range(1, int.MaxValue - 1)
                .First(number => !_instances.TryGetValue(number, out var taken) || taken.State == InstanceState.Killed);
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
                    WorkerSettings = new Dictionary<string, string>(_app.Template.WorkerSettings) { ["InstanceName"] = instance.Name },
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
            instance.State = InstanceState.Running;
        }

        LogStarted(instance.Name);
        return instance.Name;
    }

    /// <summary>Ends an instance as the loss of its machine would. The edge is not told: it finds out by itself.</summary>
    /// <returns>False when no such instance runs.</returns>
    public async Task<bool> KillAsync(string name)
    {
        if (Take(name, InstanceState.Killed) is not { } instance)
        {
            return false;
        }

        LogKilled(name);
        await instance.Host!.KillAsync();
        return true;
    }

    /// <summary>Gives an instance no more requests, lets it end those that it has and its messages, and stops it.</summary>
    /// <returns>False when no such instance runs.</returns>
    public async Task<bool> StopAsync(string name)
    {
        if (Take(name, InstanceState.Draining) is not { } instance)
        {
            return false;
        }

        LogDraining(name);
        if (!await _edge.DrainAsync(instance.OriginId, DrainLimit))
        {
            LogNotDrained(name, DrainLimit);
        }

        await instance.Host!.DisposeAsync();
        Forget(instance);
        LogStopped(name);
        return true;
    }

    /// <summary>The running instance that has been there for the shortest time, which is the first to go.</summary>
    public string? Newest() => Find(InstanceState.Running).LastOrDefault()?.Name;

    /// <summary>The running instance with the lowest number; null when none runs.</summary>
    public FunctionAppHost? FirstHost => Find(InstanceState.Running).FirstOrDefault()?.Host;

    public async ValueTask DisposeAsync() => await Task.WhenAll(
        Find(InstanceState.Running).Select(instance => instance.Host!.DisposeAsync().AsTask()));

    /// <summary>Ends what an earlier run has left behind, which may have had more instances or other apps than this one will.</summary>
    /// <param name="dataDirectory">The cloud's.</param>
    public static void EndOrphans(string dataDirectory)
    {
        if (!Directory.Exists(FolderIn(dataDirectory)))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(FolderIn(dataDirectory)))
        {
            FunctionAppHost.EndOrphan(folder);
        }
    }

    private List<Instance> Find(InstanceState state)
    {
        lock (_gate)
        {
            return [.. _instances.Values.Where(instance => instance.State == state)];
        }
    }

    private Instance? Take(string name, InstanceState state)
    {
        lock (_gate)
        {
            var instance = _instances.Values.FirstOrDefault(instance => instance.Name == name && instance.State == InstanceState.Running);
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

    private static string FolderIn(string dataDirectory) => Path.Combine(dataDirectory, "instances");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} is ready")]
    private partial void LogStarted(string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} is killed")]
    private partial void LogKilled(string instance);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} drains")]
    private partial void LogDraining(string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} still has requests after {Limit}; it is stopped regardless")]
    private partial void LogNotDrained(string instance, TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} has stopped")]
    private partial void LogStopped(string instance);

    private enum InstanceState
    {
        Starting,
        Running,
        Draining,
        Killed,
    }

    private sealed class Instance(string app, int number)
    {
        public int Number => number;

        public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{app}-{number}");

        /// <summary>New for each start, as the edge asks.</summary>
        public string OriginId { get; } = string.Create(CultureInfo.InvariantCulture, $"{app}-{number}/{Guid.NewGuid():N}");

        public InstanceState State { get; set; }

        public FunctionAppHost? Host { get; set; }
    }
}
