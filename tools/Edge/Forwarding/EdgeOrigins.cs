using System.Collections.Frozen;
using System.Globalization;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy.Configuration;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// The instances that there are at the moment, as YARP's configuration: a cluster for each group, and one route for everything, since
/// the group is decided on by other things than YARP's routes know.
/// </summary>
internal sealed class EdgeOrigins : IConfigChangeListener, IDisposable
{
    private readonly EdgeOptions _options;
    private readonly FrozenDictionary<string, Presence> _presences;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile Change? _pending;
    private volatile IReadOnlyList<EdgeOrigin> _current = [];

    public EdgeOrigins(EdgeOptions options)
    {
        _options = options;
        _presences = options.Groups.ToFrozenDictionary(group => group.Name, _ => new Presence());
        Provider = new(
            [new() { RouteId = "everything", ClusterId = options.Groups[0].Name, Match = new() { Path = "{**path}" } }],
            [.. options.Groups.Select(group => Cluster(group, []))]);
    }

    public InMemoryConfigProvider Provider { get; }

    /// <summary>Completes when the group has an instance.</summary>
    public Task SomeOf(string group) => _presences[group].Some.Task;

    /// <summary>The task ends when all new requests go by the change.</summary>
    public async Task ChangeAsync(Func<IReadOnlyList<EdgeOrigin>, IReadOnlyList<EdgeOrigin>> change)
    {
        await _turn.WaitAsync();
        try
        {
            var origins = change(_current);
            var pending = new Change(Guid.NewGuid().ToString(), new(TaskCreationOptions.RunContinuationsAsynchronously));
            _pending = pending;
            Provider.Update(
                Provider.GetConfig().Routes,
                [.. _options.Groups.Select(group => Cluster(group, origins.Where(origin => origin.Group == group.Name)))],
                pending.Revision);
            await pending.Applied.Task;
            _current = origins;
            foreach (var (group, presence) in _presences)
            {
                presence.Set(origins.Any(origin => origin.Group == group));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // Loaded is not yet applied.
    }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => _pending?.Applied.TrySetException(exception);

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) =>
        _pending?.Applied.TrySetException(exception);

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        if (_pending is { } pending && proxyConfigs.Any(config => config.RevisionId == pending.Revision))
        {
            pending.Applied.TrySetResult();
        }
    }

    public void Dispose() => _turn.Dispose();

    private ClusterConfig Cluster(EdgeGroup group, IEnumerable<EdgeOrigin> origins) => new()
    {
        ClusterId = group.Name,
        LoadBalancingPolicy = DestinationBalancing.NameOf(group.Policy),
        Destinations = origins.ToDictionary(
            origin => origin.Id,
            origin => new DestinationConfig
            {
                Address = origin.Address.AbsoluteUri,
                Metadata = new Dictionary<string, string>
                {
                    [DestinationBalancing.WeightKey] = origin.Weight.ToString(CultureInfo.InvariantCulture),
                    [FirstPriority.PriorityKey] = origin.Priority.ToString(CultureInfo.InvariantCulture),
                },
            }),
        HttpRequest = new() { ActivityTimeout = _options.ActivityTimeout, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        HealthCheck = new()
        {
            AvailableDestinationsPolicy = FirstPriority.PolicyName,
            Active = new()
            {
                Enabled = true,
                Policy = SampledProbes.PolicyName,
                Path = group.Probes.Path,
                Interval = group.Probes.Interval,
                Timeout = group.Probes.Timeout,
            },
            Passive = new() { Enabled = true, Policy = DeliveryFailures.PolicyName },
        },
    };

    private sealed record Change(string Revision, TaskCompletionSource Applied);

    /// <summary>Whether a group has instances. Changed by one at a time.</summary>
    private sealed class Presence
    {
        private volatile TaskCompletionSource _some = New();

        public TaskCompletionSource Some => _some;

        public void Set(bool some)
        {
            if (some)
            {
                _some.TrySetResult();
            }
            else if (_some.Task.IsCompleted)
            {
                _some = New();
            }
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
