using System.Diagnostics;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Responses;
using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Local.Lab.State;

/// <summary>Reads the state of a cloud that has an edge and is observed.</summary>
internal sealed class StateReader
{
    private static readonly TimeSpan QueueInterval = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly LocalCloud _cloud;
    private readonly Dictionary<string, QueueLengths> _queues;
    private volatile Dictionary<string, int> _lengths = [];
    private long _lengthsReadAt;
    private int _reading;

    /// <param name="name">The name of the system.</param>
    /// <param name="cloud">The cloud.</param>
    public StateReader(string name, LocalCloud cloud)
    {
        (_name, _cloud) = (name, cloud);
        _queues = cloud.Set!.Pools.ToDictionary(
            pool => pool.App,
            pool => QueueLengths.Read(pool.Properties.Template.AppDirectory, pool.Properties.Template.Settings));
    }

    public LocalCloud Cloud => _cloud;

    public SystemState Read()
    {
        RefreshQueues();
        var set = _cloud.Set!;
        var health = set.Edge.Health.ToLookup(origin => origin.Id);
        var weights = set.Edge.Origins.ToLookup(origin => origin.Id, origin => origin.Weight);
        return new()
        {
            Name = _name,
            Topology = _cloud.Options.Topology.ToString().ToLowerInvariant(),
            Edge = ReadEdge(set.Edge),
            Scaling = set.Scale is { } range ? new(range.Min, range.Max) : null,
            Apps =
            [
                .. set.Pools.Select(pool => new AppState
                {
                    Name = pool.App,
                    Requests = pool.Requests,
                    Instances = [.. pool.All.Select(instance => ReadInstance(instance, [.. health[instance.OriginId]], weights[instance.OriginId].FirstOrDefault(1)))],
                    Queues = [.. _queues[pool.App].Names.Select(queue => new QueueState(queue, _lengths.GetValueOrDefault(queue)))],
                }),
            ],
            Stores = [.. Stores()],
        };
    }

    private EdgeState ReadEdge(EdgeServer edge)
    {
        var traffic = _cloud.Observer!.Traffic;
        var sources = Enum.GetValues<ResponseSource>().ToDictionary(source => source, traffic.Responses);
        var policy = edge.Policies.Values.First().ToString();
        return new()
        {
            Address = edge.Address,
            Policy = char.ToLowerInvariant(policy[0]) + policy[1..],
            Country = edge.Country,
            InFlight = edge.InFlight,
            Responses = sources.Values.Sum(),
            Unavailable = traffic.Unavailable,
            CacheHits = sources[ResponseSource.Cache] + sources[ResponseSource.SharedFetch],
            CacheMisses = sources[ResponseSource.Fetch],
            Forwarded = sources[ResponseSource.Origin],
            Refused = sources[ResponseSource.Edge],
        };
    }

    private InstanceState ReadInstance(InstanceDetails instance, IReadOnlyList<OriginHealth> known, int weight)
    {
        var counts = _cloud.Observer!.Traffic.Of(instance.OriginId);
        var latency = counts.Latency;
        var worker = instance.Stage == InstanceStage.Killed ? null : instance.Host?.WorkerProcessId;
        return new()
        {
            Name = instance.Name,
            State = PhaseOf(instance.Stage, worker),
            ProcessId = worker,
            Port = instance.Stage is InstanceStage.Running or InstanceStage.Draining ? instance.Host?.ListeningAddress?.Port : null,
            Warm = counts.Served > 0,
            StartMs = instance.Stage == InstanceStage.Killed ? null : instance.Host?.WorkerStart?.Loaded.TotalMilliseconds,
            Healthy = known.Count > 0 && known.All(origin => origin.Healthy),
            Available = known.Any(origin => origin.Available),
            Weight = weight,
            InFlight = known.Sum(origin => origin.InFlight),
            Messages = instance.Stage == InstanceStage.Killed ? 0 : instance.Host?.EventsInFlight ?? 0,
            Served = counts.Served,
            Failed = counts.Failed,
            P50Ms = latency?.P50,
            P99Ms = latency?.P99,
            MemoryMb = worker is { } process ? MemoryOf(process) : null,
        };
    }

    private static InstancePhase PhaseOf(InstanceStage stage, int? worker) => stage switch
    {
        InstanceStage.Starting => InstancePhase.Starting,
        InstanceStage.Draining => InstancePhase.Draining,
        InstanceStage.Killed => InstancePhase.Lost,
        _ => worker is { } process && IsSuspended(process) ? InstancePhase.Suspended : InstancePhase.Running,
    };

    private static bool IsSuspended(int process)
    {
        try
        {
            // The state follows the process name, which is in parentheses and may contain any character (proc(5)). T means stopped.
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{process}/stat") is var stat
                && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("T");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <returns>The resident memory in MB; null if the process has ended.</returns>
    public static int? MemoryOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return (int)(process.WorkingSet64 / 1_000_000);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private IEnumerable<StoreState> Stores()
    {
        yield return new("photographs, products and queues", "azurite");
        yield return _cloud.Cosmos is { } cosmos
            ? new("orders", "strictcosmos", cosmos.Replication.Lag.Time.TotalMilliseconds)
            : new("orders", "azurite");
        yield return new("carts", _cloud.Redis is null ? "azurite" : "redis");
    }

    /// <summary>Reads the lengths of the queues in the background, at most once per second.</summary>
    private void RefreshQueues()
    {
        if ((_lengthsReadAt != 0 && Stopwatch.GetElapsedTime(_lengthsReadAt) < QueueInterval) || Interlocked.Exchange(ref _reading, 1) == 1)
        {
            return;
        }

        _lengthsReadAt = Stopwatch.GetTimestamp();
        _ = RefreshAsync();
    }

    private async Task RefreshAsync()
    {
        try
        {
            var all = await Task.WhenAll(_queues.Values.Select(queues => queues.CountAllAsync(CancellationToken.None)));
            _lengths = all.SelectMany(lengths => lengths).DistinctBy(queue => queue.Key).ToDictionary();
        }
        catch (Exception failure) when (failure is Azure.RequestFailedException or AggregateException)
        {
            // The storage service is being stopped, or is busy. The next read tries again.
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }
}
