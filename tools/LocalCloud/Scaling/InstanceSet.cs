using ServerlessScale.Local.Edge;
using ServerlessScale.Local.Edge.Forwarding;
using ServerlessScale.Local.Host;

namespace ServerlessScale.Local.Scaling;

/// <summary>The edge, the instances behind it and, when their number follows the demand, what decides on it.</summary>
internal sealed class InstanceSet : IAsyncDisposable
{
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(15);

    /// <summary>Longer than an instance takes to start on a busy machine, and shorter than most clients wait.</summary>
    private static readonly TimeSpan s_coldStartPatience = TimeSpan.FromSeconds(60);

    private readonly EdgeServer _edge;
    private readonly string _dataDirectory;
    private ScaleController? _scaling;

    private InstanceSet(EdgeServer edge, InstancePool pool, string dataDirectory) => (_edge, Pool, _dataDirectory) = (edge, pool, dataDirectory);

    public Uri Address => _edge.Address;

    public InstancePool Pool { get; }

    public static async Task<InstanceSet> StartAsync(LocalCloudOptions options, FunctionHostOptions template, CancellationToken cancellationToken)
    {
        var first = options.Scale is { } range ? Math.Clamp(options.Instances ?? range.Min, range.Min, range.Max) : options.Instances ?? 1;
        var targets = options.ScaleTargets ?? ScaleTargets.Read(HostSettings.Read(template.AppDirectory, template.Settings));
        var queues = options.Scale is null ? null : QueueLengths.Read(template.AppDirectory, template.Settings);
        var edge = await LocalEdge.StartAsync(
            options,
            template.DataDirectory,
            edge => edge with { ColdStartPatience = options.Scale is null ? TimeSpan.Zero : s_coldStartPatience },
            template.Loggers,
            cancellationToken);
        var set = new InstanceSet(edge, new(template with { TimerLocks = new TimerLocks(TimeProvider.System) }, edge), template.DataDirectory);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, first).Select(_ => set.Pool.StartAsync(cancellationToken)));
            set._scaling = options.Scale is null
                ? null
                : new(set.Pool, edge, queues!, options.Scale, targets, options.OnScaleSample, template.Loggers);
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
        await (_scaling?.DisposeAsync() ?? ValueTask.CompletedTask);
        using var limit = new CancellationTokenSource(s_stopTime);
        await _edge.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Pool.DisposeAsync();
        await _edge.DisposeAsync();
        EdgeAdmin.Forget(_dataDirectory);
    }
}
