using ServerlessScale.Edge;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>All instances of all apps behind one edge. If the number of instances follows the demand, each app has a controller that adjusts it.</summary>
internal sealed class InstanceSet : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);

    private readonly EdgeServer _edge;
    private IReadOnlyList<ScaleController> _controllers = [];

    private InstanceSet(EdgeServer edge, IReadOnlyList<InstancePool> pools) => (_edge, Pools) = (edge, pools);

    public Uri Address => _edge.Address;

    /// <summary>The instances of each app.</summary>
    public IReadOnlyList<InstancePool> Pools { get; }

    /// <summary>Starts the first instances of every app. The set owns the edge and disposes it, also when the start fails.</summary>
    /// <param name="edge">The running edge.</param>
    /// <param name="apps">The apps, which all have the same build output.</param>
    /// <param name="options">How many instances to run.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">host.json is invalid, or an instance did not start.</exception>
    public static async Task<InstanceSet> StartAsync(
        EdgeServer edge, IReadOnlyList<InstanceApp> apps, InstanceSetOptions options, CancellationToken cancellationToken)
    {
        var set = new InstanceSet(edge, [.. apps.Select(app => new InstancePool(app, edge))]);
        try
        {
            InstancePool.EndOrphans(apps[0].Template.DataDirectory);
            await Task.WhenAll(set.Pools.SelectMany(pool =>
                Enumerable.Range(0, options.First).Select(_ => pool.StartAsync(cancellationToken))));
            if (options.Scale is { } range)
            {
                var targets = options.Targets ?? ScaleTargets.Read(HostSettings.Read(apps[0].Template.AppDirectory, apps[0].Template.Settings));
                set._controllers =
                [
                    .. set.Pools.Zip(apps, (pool, app) => new ScaleController(
                        pool,
                        QueueLengths.Read(app.Template.AppDirectory, app.Template.Settings),
                        range,
                        targets,
                        options.OnSample,
                        app.Template.Loggers)),
                ];
            }

            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets running requests end, for at most 15 seconds, and then stops the instances and the edge.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_controllers.Select(controller => controller.DisposeAsync().AsTask()));
        using var limit = new CancellationTokenSource(StopTime);
        await _edge.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Pools.Select(pool => pool.DisposeAsync().AsTask()));
        await _edge.DisposeAsync();
    }
}

/// <summary>How many instances of each app to run.</summary>
internal sealed record InstanceSetOptions
{
    /// <summary>The number of instances of each app to start with; null means one, or the least of <see cref="Scale"/>.</summary>
    public int? Instances { get; init; }

    /// <summary>The range in which the number of instances follows the demand; null keeps the number constant.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>The demand that one instance handles; null means the value in host.json and Azure's documented defaults.</summary>
    public ScaleTargets? Targets { get; init; }

    /// <summary>Called at each scaling decision, from any thread.</summary>
    public Action<ScaleSample>? OnSample { get; init; }

    internal int First => Scale is { } range ? Math.Clamp(Instances ?? range.Min, range.Min, range.Max) : Instances ?? 1;

    /// <exception cref="LocalCloudException">This machine cannot run that many instances of so many apps.</exception>
    public void Check(int apps)
    {
        var most = Scale?.Max ?? Instances ?? 1;
        if (most * apps > ScaleRange.MaxInstances)
        {
            throw new LocalCloudException(
                $"{most} instances of each of {apps} apps are {most * apps}, but one machine can run at most {ScaleRange.MaxInstances}. "
                + $"Choose at most {ScaleRange.MaxInstances / apps} of each.");
        }
    }
}
