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

    private InstanceSet(EdgeServer edge, FunctionHostOptions template)
    {
        _edge = edge;
        _dataDirectory = template.DataDirectory;
        Pool = new(template, edge);
    }

    public Uri Address => _edge.Address;

    public InstancePool Pool { get; }

    public static async Task<InstanceSet> StartAsync(LocalCloudOptions options, FunctionHostOptions template, CancellationToken cancellationToken)
    {
        var first = options.Scale is { } range ? Math.Clamp(options.Instances ?? range.Min, range.Min, range.Max) : options.Instances ?? 1;
        var targets = options.ScaleTargets ?? ScaleTargets.Read(HostSettings.Read(template.AppDirectory, template.Settings));
        var queues = options.Scale is null ? null : QueueLengths.Read(template.AppDirectory, template.Settings);
        var edge = await LocalEdge.StartAsync(
            options.Port, options.EdgeRulesPath, template.DataDirectory, options.EdgeCountry, template.Loggers,
            edge => edge with
            {
                Policy = options.Balancing ?? edge.Policy,
                HeadersTimeout = options.EdgeHeadersTimeout,
                ColdStartPatience = s_coldStartPatience,
            },
            cancellationToken);
        var set = new InstanceSet(edge, template with { TimerLocks = new TimerLocks(TimeProvider.System) });
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
