using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>A running edge, and a client that sends requests to it.</summary>
internal sealed class EdgeInFront : IAsyncDisposable
{
    /// <summary>The name of the origin group in the repository's rules file.</summary>
    public const string Group = "functions";

    private EdgeInFront(EdgeServer edge)
    {
        Edge = edge;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };
    }

    /// <summary>
    /// An origin group that is probed only once an hour, so that no origin becomes unhealthy because of probes during a test.
    /// </summary>
    public static OriginGroup WithoutProbes { get; } = new()
    {
        Name = Group,
        LoadBalancing = new() { Policy = BalancingPolicy.RoundRobin },
        HealthProbe = new() { Path = RawOrigin.ProbePath, Interval = TimeSpan.FromHours(1) },
    };

    public static OriginGroup WithProbes { get; } = WithoutProbes with
    {
        HealthProbe = WithoutProbes.HealthProbe with { Interval = TimeSpan.FromMilliseconds(50) },
    };

    public static EdgeOptions ShortEjection { get; } = new() { EjectionTime = TimeSpan.FromMilliseconds(300) };

    /// <summary>Options that detect an origin that has stopped responding within about 200 ms.</summary>
    public static EdgeOptions QuickToNotice { get; } = ShortEjection with
    {
        FirstByteTimeout = TimeSpan.FromMilliseconds(100),
        ProbeTimeout = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>Options that allow a request to wait up to 20 s for an available origin.</summary>
    public static EdgeOptions Patient { get; } = ShortEjection with { ColdStartPatience = TimeSpan.FromSeconds(20) };

    public EdgeServer Edge { get; }

    public HttpClient Http { get; }

    /// <summary>Reads the repository's rules file and replaces its origin groups with <see cref="WithoutProbes"/>.</summary>
    public static EdgeRules RepositoryRules()
    {
        var rules = EdgeRulesFile.Read(Path.Combine(Repository.FindRoot(), "infra", "edge-rules.json"));
        return rules with { OriginGroups = [WithoutProbes] };
    }

    /// <summary>Starts an edge that probes its origins only once an hour.</summary>
    public static Task<EdgeInFront> StartAsync(params RawOrigin[] origins) => StartAsync(WithoutProbes, ShortEjection, origins);

    /// <summary>Starts an edge that probes its origins every 50 ms.</summary>
    public static Task<EdgeInFront> StartWithProbesAsync(params RawOrigin[] origins) =>
        StartAsync(WithProbes, ShortEjection with { ProbeTimeout = TimeSpan.FromMilliseconds(40) }, origins);

    public static async Task<EdgeInFront> StartAsync(OriginGroup group, EdgeOptions options, params RawOrigin[] origins)
    {
        var front = await StartAsync(EdgeRules.ForwardAllTo(group), options);
        foreach (var origin in origins)
        {
            await front.Edge.AddAsync(origin.Origin);
        }

        return front;
    }

    public static async Task<EdgeInFront> StartAsync(EdgeRules rules, EdgeOptions options) =>
        new(await EdgeServer.StartAsync(rules, options, NullLoggerFactory.Instance, TestContext.Current.CancellationToken));

    public bool IsHealthy(RawOrigin origin) => Edge.Health.Single(health => health.Id == origin.Origin.Id).Healthy;

    /// <summary>Polls until the condition is true. If the condition never becomes true, the test's timeout ends the wait.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Edge.DisposeAsync();
    }
}
