using System.Globalization;
using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Health;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>The instances that there are at the moment, as YARP's configuration: one route for everything, to all of them.</summary>
internal sealed class EdgeOrigins : IConfigChangeListener, IDisposable
{
    public const string ClusterId = "instances";

    private readonly EdgeOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile TaskCompletionSource _some = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Change? _pending;
    private volatile IReadOnlyList<EdgeOrigin> _current = [];

    public EdgeOrigins(EdgeOptions options)
    {
        _options = options;
        Provider = new([new() { RouteId = "everything", ClusterId = ClusterId, Match = new() { Path = "{**path}" } }], [Cluster([])]);
    }

    public InMemoryConfigProvider Provider { get; }

    public IReadOnlyList<EdgeOrigin> Current => _current;

    /// <summary>Completes when there is an instance.</summary>
    public Task Some => _some.Task;

    public Task AddAsync(EdgeOrigin origin) => ChangeAsync(origins => [.. origins, origin]);

    public Task RemoveAsync(string id) => ChangeAsync(origins => [.. origins.Where(origin => origin.Id != id)]);

    /// <summary>The task ends when all new requests go by the change.</summary>
    public async Task ChangeAsync(Func<IReadOnlyList<EdgeOrigin>, IReadOnlyList<EdgeOrigin>> change)
    {
        await _turn.WaitAsync();
        try
        {
            var origins = change(_current);
            var pending = new Change(Guid.NewGuid().ToString(), new(TaskCreationOptions.RunContinuationsAsynchronously));
            _pending = pending;
            Provider.Update(Provider.GetConfig().Routes, [Cluster(origins)], pending.Revision);
            await pending.Applied.Task;
            _current = origins;
            if (origins.Count == 0 && _some.Task.IsCompleted)
            {
                _some = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else if (origins.Count > 0)
            {
                _some.TrySetResult();
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

    private ClusterConfig Cluster(IReadOnlyList<EdgeOrigin> origins) => new()
    {
        ClusterId = ClusterId,
        LoadBalancingPolicy = DestinationBalancing.NameOf(_options.Policy),
        Destinations = origins.ToDictionary(
            origin => origin.Id,
            origin => new DestinationConfig
            {
                Address = origin.Address.AbsoluteUri,
                Metadata = new Dictionary<string, string>
                {
                    [DestinationBalancing.WeightKey] = origin.Weight.ToString(CultureInfo.InvariantCulture),
                },
            }),
        HttpRequest = new() { ActivityTimeout = _options.ActivityTimeout, Version = new Version(1, 1), VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        HealthCheck = new()
        {
            // As Front Door does it: when all are unhealthy, all are tried.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new()
            {
                Enabled = true,
                Policy = SampledProbes.PolicyName,
                Path = _options.Probes.Path,
                Interval = _options.Probes.Interval,
                Timeout = _options.Probes.Timeout,
            },
            Passive = new() { Enabled = true, Policy = DeliveryFailures.PolicyName },
        },
    };

    private sealed record Change(string Revision, TaskCompletionSource Applied);
}
