using System.Net;
using ServerlessScale.Edge;

namespace ServerlessScale.Tests.Integration.Edge.Forwarding;

/// <summary>Tests an edge with several origin groups, and priorities within a group.</summary>
public sealed class OriginGroupTests : IAsyncDisposable
{
    private const int Timeout = 30_000;
    private readonly RawOrigin _a = new("a");
    private readonly RawOrigin _b = new("b");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_goes_to_the_origin_group_of_its_route()
    {
        await using var front = await StartAsync(EdgeInFront.ShortEjection);
        await front.Edge.AddAsync(_a.Origin);
        await front.Edge.AddAsync(_b.Origin with { Group = "pictures" });

        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.Equal("b", await front.Http.GetStringAsync("images/1/960.webp", Ct));
        Assert.Equal(["GET /api/orders"], _a.Requests);
        Assert.Equal(["GET /images/1/960.webp"], _b.Requests);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_origin_group_without_origins_does_not_affect_other_groups()
    {
        await using var front = await StartAsync(EdgeInFront.ShortEjection);
        await front.Edge.AddAsync(_a.Origin);

        using var picture = await front.Http.GetAsync("images/1/960.webp", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, picture.StatusCode);
        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_waiting_for_one_origin_group_do_not_delay_other_requests()
    {
        await using var front = await StartAsync(EdgeInFront.Patient);
        await front.Edge.AddAsync(_a.Origin);

        var waiting = front.Http.GetStringAsync("images/1/960.webp", Ct);
        await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo("pictures") == 1);
        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.False(waiting.IsCompleted);
        await front.Edge.AddAsync(_b.Origin with { Group = "pictures" });

        Assert.Equal("b", await waiting);
    }

    [Fact(Timeout = Timeout)]
    public async Task Draining_an_instance_removes_it_from_all_origin_groups()
    {
        await using var front = await StartAsync(EdgeInFront.ShortEjection);
        await front.Edge.ReplaceAsync(predecessor: null, [_a.Origin, _a.Origin with { Group = "pictures" }]);

        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.Equal("a", await front.Http.GetStringAsync("images/1/960.webp", Ct));

        Assert.True(await front.Edge.DrainAsync("a", TimeSpan.FromSeconds(20)));
        Assert.Empty(front.Edge.Health);
    }

    [Fact(Timeout = Timeout)]
    public async Task Second_priority_origins_get_requests_while_first_priority_origins_are_unhealthy()
    {
        await using var front = await EdgeInFront.StartWithProbesAsync();
        await front.Edge.AddAsync(_a.Origin);
        await front.Edge.AddAsync(_b.Origin with { Priority = 2, Weight = 1000 });
        Assert.Equal("aaaa", await GetAsync(front, 4));

        _a.ProbeStatus = 503;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));
        Assert.Equal("bbbb", await GetAsync(front, 4));

        _a.ProbeStatus = 200;
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal("aaaa", await GetAsync(front, 4));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_is_retried_on_a_second_priority_origin_after_a_refused_connection()
    {
        await using var front = await EdgeInFront.StartAsync();
        await front.Edge.AddAsync(_a.Origin);
        await front.Edge.AddAsync(_b.Origin with { Priority = 2 });
        _a.Kill();

        Assert.Equal("b", await GetAsync(front, 1));
    }

    /// <summary>Starts an edge with the repository's edge rules, but with a separate origin group for images.</summary>
    private static Task<EdgeInFront> StartAsync(EdgeOptions options)
    {
        var rules = EdgeInFront.RepositoryRules();
        rules = rules with
        {
            OriginGroups = [.. rules.OriginGroups, rules.OriginGroups[0] with { Name = "pictures" }],
            Routes = [.. rules.Routes.Select(route => route.Name == "images" ? route with { OriginGroup = "pictures" } : route)],
        };
        return EdgeInFront.StartAsync(rules, options);
    }

    private static async Task<string> GetAsync(EdgeInFront front, int count)
    {
        var bodies = "";
        for (var i = 0; i < count; i++)
        {
            bodies += await front.Http.GetStringAsync("x", Ct);
        }

        return bodies;
    }
}
