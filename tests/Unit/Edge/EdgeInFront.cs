using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Local.Edge.Balancing;
using ServerlessScale.Local.Edge.Forwarding;
using ServerlessScale.Local.Edge.Health;

namespace ServerlessScale.Tests.Unit.Edge;

/// <summary>An edge in front of origins, and a client of it.</summary>
internal sealed class EdgeInFront : IAsyncDisposable
{
    private EdgeInFront(EdgeServer edge)
    {
        Edge = edge;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };
    }

    /// <summary>Probes so seldom that only requests tell the edge how its origins are.</summary>
    public static EdgeOptions WithoutProbes { get; } = new()
    {
        Policy = BalancingPolicy.RoundRobin,
        Probes = new() { Interval = TimeSpan.FromHours(1), EjectionTime = TimeSpan.FromMilliseconds(300) },
    };

    public static EdgeOptions WithProbes { get; } = WithoutProbes with
    {
        Probes = new ProbeSettings
        {
            Interval = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromMilliseconds(40),
            EjectionTime = TimeSpan.FromMilliseconds(300),
        },
    };

    public EdgeServer Edge { get; }

    public HttpClient Http { get; }

    public static async Task<EdgeInFront> StartAsync(EdgeOptions options, params RawOrigin[] origins)
    {
        var edge = await EdgeServer.StartAsync(options, NullLoggerFactory.Instance, cancellationToken: TestContext.Current.CancellationToken);
        foreach (var origin in origins)
        {
            await edge.AddAsync(origin.Origin);
        }

        return new(edge);
    }

    public bool IsHealthy(RawOrigin origin) => Edge.Health.Single(health => health.Id == origin.Origin.Id).Healthy;

    /// <summary>Waits until the condition holds; a test that waits in vain is ended by its timeout.</summary>
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
