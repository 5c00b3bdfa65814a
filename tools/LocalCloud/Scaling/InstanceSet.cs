using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.FunctionHost;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.FunctionHost.Triggers;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Local.Scaling;

/// <summary>The edge, the apps' instances behind it and, when their number follows the demand, what decides on it for each app.</summary>
internal sealed class InstanceSet : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);

    private readonly EdgeServer _edge;
    private readonly string _dataDirectory;
    private IReadOnlyList<ScaleController> _scaling = [];

    private InstanceSet(EdgeServer edge, IReadOnlyList<InstancePool> pools, string dataDirectory) =>
        (_edge, Pools, _dataDirectory) = (edge, pools, dataDirectory);

    public Uri Address => _edge.Address;

    /// <summary>One for each app.</summary>
    public IReadOnlyList<InstancePool> Pools { get; }

    /// <exception cref="LocalCloudException">Options, files or port do not allow it.</exception>
    public static async Task<InstanceSet> StartAsync(LocalCloudOptions options, FunctionAppHostOptions template, CancellationToken cancellationToken)
    {
        var targets = options.ScaleTargets ?? ScaleTargets.Read(HostSettings.Read(template.AppDirectory, template.Settings));
        var (rules, apps) = Divide(options, template with { TimerLocks = new TimerLocks(TimeProvider.System) });
        var queues = options.Scale is null ? [] : apps.Select(app => QueueLengths.Read(template.AppDirectory, app.Template.Settings)).ToList();
        var edge = await LocalEdge.StartAsync(options, rules, template.DataDirectory, template.Loggers, cancellationToken);
        var set = new InstanceSet(edge, [.. apps.Select(app => new InstancePool(app, edge))], template.DataDirectory);
        try
        {
            InstancePool.EndOrphans(template.DataDirectory);
            var first = options.Scale is { } range ? Math.Clamp(options.Instances ?? range.Min, range.Min, range.Max) : options.Instances ?? 1;
            await Task.WhenAll(set.Pools.SelectMany(pool =>
                Enumerable.Range(0, first).Select(_ => pool.StartAsync(cancellationToken))));
            set._scaling =
            [
                .. set.Pools.Zip(queues, (pool, queues) =>
                    new ScaleController(pool, queues, options.Scale!, targets, options.OnScaleSample, template.Loggers)),
            ];
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets running requests end, for a bounded time, then stops the instances and the edge.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_scaling.Select(scaling => scaling.DisposeAsync().AsTask()));
        using var limit = new CancellationTokenSource(StopTime);
        await _edge.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Pools.Select(pool => pool.DisposeAsync().AsTask()));
        await _edge.DisposeAsync();
        EdgeAdmin.Forget(_dataDirectory);
    }

    private static (EdgeRules Rules, IReadOnlyList<InstanceApp> Apps) Divide(LocalCloudOptions options, FunctionAppHostOptions template)
    {
        var infra = Path.Combine(Repository.FindRoot(), "infra");
        var rules = ReadRules(options.EdgeRulesPath ?? Path.Combine(infra, "edge-rules.json"));
        if (options.Topology == Topology.Monolith)
        {
            return (rules, [new() { Name = InstanceApp.TheOnlyOne, Template = template, OriginGroups = rules.OriginGroups }]);
        }

        var plans = Capabilities.Load(Path.Combine(infra, "capabilities.json")).Plan(options.Topology, [.. FunctionsMetadata.Read(template.AppDirectory).Select(function => function.Name)]);
        CheckSize(options, plans.Count);
        return (DividedRules.Divide(rules, plans),
        [
            .. plans.Select(plan => new InstanceApp
            {
                Name = plan.Name,
                Template = template with { Settings = plan.SettingsFrom(template.Settings) },
                OriginGroups = DividedRules.GroupsOf(rules, plan),
            }),
        ]);
    }

    private static EdgeRules ReadRules(string path)
    {
        try
        {
            return EdgeRulesFile.Read(path);
        }
        catch (EdgeRulesException exception)
        {
            throw new LocalCloudException(exception.Message, exception);
        }
    }

    private static void CheckSize(LocalCloudOptions options, int apps)
    {
        var most = options.Scale?.Max ?? options.Instances ?? 1;
        if (most * apps > ScaleRange.MostInstances)
        {
            throw new LocalCloudException(
                $"{most} instances of each of {apps} apps are {most * apps}, and no more than {ScaleRange.MostInstances} fit onto one machine: "
                + $"ask for at most {ScaleRange.MostInstances / apps} of each.");
        }
    }
}
