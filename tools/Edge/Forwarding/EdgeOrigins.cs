using System.Collections.Frozen;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Rules;
using Yarp.ReverseProxy.Configuration;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Translates the current origins into YARP's configuration, which has one cluster per group. There is only one route, because
/// <see cref="GroupChoice"/> selects the group by conditions that YARP's routes do not support.
/// </summary>
internal sealed class EdgeOrigins : IConfigChangeListener, IDisposable
{
    private volatile IReadOnlyList<OriginGroup> _groups;
    private readonly OriginClusters _clusters;
    private readonly FrozenDictionary<string, FirstOrigin> _firstOrigins;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile PendingChange? _pending;
    private volatile IReadOnlyList<EdgeOrigin> _current = [];

    public EdgeOrigins(IReadOnlyList<OriginGroup> groups, OriginClusters clusters)
    {
        _groups = groups;
        _clusters = clusters;
        _firstOrigins = groups.ToFrozenDictionary(group => group.Name, _ => new FirstOrigin());
        Provider = new(
            [new() { RouteId = "everything", ClusterId = groups[0].Name, Match = new() { Path = "{**path}" } }],
            [.. groups.Select(group => clusters.Map(group, []))]);
    }

    public InMemoryConfigProvider Provider { get; }

    /// <summary>The current origins of all groups.</summary>
    public IReadOnlyList<EdgeOrigin> Current => _current;

    /// <summary>The current balancing policy of each group.</summary>
    public IReadOnlyDictionary<string, BalancingPolicy> Policies => _groups.ToDictionary(group => group.Name, group => group.LoadBalancing.Policy);

    /// <summary>Returns a task that completes when the group has an origin.</summary>
    public Task FirstOriginOf(string group) => _firstOrigins[group].Added.Task;

    /// <summary>Changes the list of origins. The returned task completes when the change applies to all new requests.</summary>
    /// <param name="change">A function that receives the current list of origins and returns the new list.</param>
    public Task ChangeAsync(Func<IReadOnlyList<EdgeOrigin>, IReadOnlyList<EdgeOrigin>> change) => ApplyAsync(() => (_groups, change(_current)));

    /// <summary>
    /// Changes the balancing policies. The returned task completes when the change applies to all new requests. Health and requests in
    /// progress are not affected.
    /// </summary>
    /// <param name="policyOf">Returns the policy of the group with the given name.</param>
    public Task SetPoliciesAsync(Func<string, BalancingPolicy> policyOf) => ApplyAsync(() =>
        ([.. _groups.Select(group => group with { LoadBalancing = group.LoadBalancing with { Policy = policyOf(group.Name) } })], _current));

    private async Task ApplyAsync(Func<(IReadOnlyList<OriginGroup> Groups, IReadOnlyList<EdgeOrigin> Origins)> change)
    {
        await _turn.WaitAsync();
        try
        {
            var (groups, origins) = change();
            var pending = new PendingChange(Guid.NewGuid().ToString(), new(TaskCreationOptions.RunContinuationsAsynchronously));
            _pending = pending;
            Provider.Update(
                Provider.GetConfig().Routes,
                [.. groups.Select(group => _clusters.Map(group, origins.Where(origin => origin.Group == group.Name)))],
                pending.Revision);
            await pending.Applied.Task;
            (_groups, _current) = (groups, origins);
            foreach (var (group, first) in _firstOrigins)
            {
                first.Set(origins.Any(origin => origin.Group == group));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        // YARP calls ConfigurationApplied later, when requests use the loaded configuration.
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

    private sealed record PendingChange(string Revision, TaskCompletionSource Applied);

    /// <summary>Signals whether a group has an origin. <see cref="Set"/> must not be called by several threads at the same time.</summary>
    private sealed class FirstOrigin
    {
        private volatile TaskCompletionSource _added = New();

        public TaskCompletionSource Added => _added;

        public void Set(bool hasOrigin)
        {
            if (hasOrigin)
            {
                _added.TrySetResult();
            }
            else if (_added.Task.IsCompleted)
            {
                _added = New();
            }
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
