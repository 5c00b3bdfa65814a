using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Health;

namespace ServerlessScale.Tests.Unit.Edge;

/// <summary>An edge in front of origins, and a client of it.</summary>
internal sealed class EdgeInFront : IAsyncDisposable
{
    private EdgeInFront(EdgeServer edge)
    {
        Edge = edge;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };
    }

    /// <summary>The origin group of the rules file.</summary>
    public const string Group = "functions";

    /// <summary>Probes so seldom that only requests tell the edge how its origins are.</summary>
    public static EdgeOptions WithoutProbes { get; } = new()
    {
        Groups =
        [
            new()
            {
                Name = Group,
                Policy = BalancingPolicy.RoundRobin,
                Probes = new() { Interval = TimeSpan.FromHours(1), EjectionTime = TimeSpan.FromMilliseconds(300) },
            },
        ],
    };

    public static EdgeOptions WithProbes { get; } = WithGroup(group => group with
    {
        Probes = new ProbeSettings
        {
            Interval = TimeSpan.FromMilliseconds(50),
            Timeout = TimeSpan.FromMilliseconds(40),
            EjectionTime = TimeSpan.FromMilliseconds(300),
        },
    });

    public EdgeServer Edge { get; }

    public HttpClient Http { get; }

    public static EdgeOptions WithGroup(Func<EdgeGroup, EdgeGroup> change) =>
        WithoutProbes with { Groups = [change(WithoutProbes.Groups[0])] };

    public static async Task<EdgeInFront> StartAsync(EdgeOptions options, params RawOrigin[] origins)
    {
        var front = await StartAsync(options, before: null);
        foreach (var origin in origins)
        {
            await front.Edge.AddAsync(origin.Origin);
        }

        return front;
    }

    /// <param name="options">As the edge's.</param>
    /// <param name="before">What requests go through first.</param>
    public static async Task<EdgeInFront> StartAsync(EdgeOptions options, Action<IApplicationBuilder>? before) =>
        new(await EdgeServer.StartAsync(options, NullLoggerFactory.Instance, before, TestContext.Current.CancellationToken));

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
