using ServerlessScale.Edge;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>
/// The instances of all apps behind one edge. If scaling is enabled, a controller per app adjusts the number of instances to the demand.
/// </summary>
internal sealed class InstanceSet : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);

    private readonly Action<ScaleSample>? _onSample;
    private IReadOnlyList<ScaleController> _controllers = [];

    private InstanceSet(EdgeServer edge, IReadOnlyList<InstancePool> pools, Action<ScaleSample>? onSample) =>
        (Edge, Pools, _onSample) = (edge, pools, onSample);

    public Uri Address => Edge.Address;

    public EdgeServer Edge { get; }

    /// <summary>The range within which the number of instances follows the demand; null for a constant number.</summary>
    public ScaleRange? Scale { get; private set; }

    /// <summary>The instances of each app.</summary>
    public IReadOnlyList<InstancePool> Pools { get; }

    /// <summary>Starts the initial instances of every app. The set owns the edge and disposes it, even if the start fails.</summary>
    /// <param name="edge">The running edge.</param>
    /// <param name="apps">The apps, which all use the same build output.</param>
    /// <param name="options">The number of instances and the scaling settings.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">host.json is invalid, or an instance did not start.</exception>
    public static async Task<InstanceSet> StartAsync(
        EdgeServer edge, IReadOnlyList<InstanceApp> apps, InstanceSetOptions options, CancellationToken cancellationToken)
    {
        var set = new InstanceSet(edge, [.. apps.Select(app => new InstancePool(app, edge))], options.OnSample);
        try
        {
            InstancePool.EndOrphans(apps[0].Template.DataDirectory);
            await Task.WhenAll(set.Pools.SelectMany(pool =>
                Enumerable.Range(0, options.First).Select(_ => pool.StartAsync(cancellationToken))));
            if (options.Scale is { } range)
            {
                set.StartScaling(range, options.Targets ?? set.DefaultTargets());
            }

            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the default targets with the batch size from host.json.</summary>
    /// <exception cref="LocalCloudException">host.json contains a batch size that Azure would reject.</exception>
    public ScaleTargets DefaultTargets()
    {
        var template = Pools[0].Properties.Template;
        return ScaleTargets.Read(HostSettings.Read(template.AppDirectory, template.Settings));
    }

    /// <summary>Lets the number of instances of each app follow the demand. Scaling must not be active.</summary>
    public void StartScaling(ScaleRange range, ScaleTargets targets)
    {
        Scale = range;
        _controllers =
        [
            .. Pools.Select(pool => new ScaleController(
                pool,
                QueueLengths.Read(pool.Properties.Template.AppDirectory, pool.Properties.Template.Settings),
                range,
                targets,
                _onSample,
                pool.Properties.Template.Loggers)),
        ];
    }

    /// <summary>Keeps the number of instances constant from now on. Starts and stops in progress are completed.</summary>
    public async Task StopScalingAsync()
    {
        var controllers = _controllers;
        _controllers = [];
        Scale = null;
        await Task.WhenAll(controllers.Select(controller => controller.DisposeAsync().AsTask()));
    }

    /// <summary>Waits at most 15 seconds for running requests to complete, and then stops the instances and the edge.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopScalingAsync();
        using var limit = new CancellationTokenSource(StopTime);
        await Edge.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Pools.Select(pool => pool.DisposeAsync().AsTask()));
        await Edge.DisposeAsync();
    }
}

/// <summary>The number of instances of each app, and the scaling settings.</summary>
internal sealed record InstanceSetOptions
{
    /// <summary>
    /// The initial number of instances of each app; null for the minimum of <see cref="Scale"/>, or one instance if the number is constant.
    /// </summary>
    public int? Instances { get; init; }

    /// <summary>The range within which the number of instances follows the demand; null for a constant number.</summary>
    public ScaleRange? Scale { get; init; }

    /// <summary>The targets for scaling; null for the batch size in host.json and Azure's documented defaults.</summary>
    public ScaleTargets? Targets { get; init; }

    /// <summary>Called for each scaling decision, on any thread.</summary>
    public Action<ScaleSample>? OnSample { get; init; }

    internal int First => Scale is { } range ? Math.Clamp(Instances ?? range.Min, range.Min, range.Max) : Instances ?? 1;

    /// <exception cref="LocalCloudException">The total number of instances exceeds the maximum for one machine.</exception>
    public void Check(int apps)
    {
        var most = Scale?.Max ?? Instances ?? 1;
        if (most * apps > ScaleRange.MaxInstances)
        {
            throw new LocalCloudException(
                $"{apps} apps with {most} instances each need {most * apps} instances, but one machine can run at most {ScaleRange.MaxInstances}. "
                + $"Choose at most {ScaleRange.MaxInstances / apps} instances per app.");
        }
    }
}
