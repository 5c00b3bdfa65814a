using System.Net;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Integration.Edge.Health;

/// <summary>Tests the selection of origins while some of them fail.</summary>
public sealed class OriginHealthTests : IAsyncDisposable
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

    [Theory(Timeout = Timeout)]
    [InlineData(503)]
    [InlineData(204)]
    [InlineData(null)]
    public async Task An_origin_does_not_get_requests_while_its_probes_fail(int? status)
    {
        await using var front = await EdgeInFront.StartWithProbesAsync(_a, _b);
        _a.ProbeStatus = status;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));

        Assert.Equal(["b", "b", "b", "b"], await GetAsync(front, 4));

        _a.ProbeStatus = 200;
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_killed_origin_is_ejected_until_it_restarts()
    {
        await using var front = await EdgeInFront.StartAsync(_a, _b);
        _a.Kill();

        Assert.Equal(["b", "b"], await GetAsync(front, 2));
        Assert.False(front.IsHealthy(_a));

        _a.Restart();
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());
    }

    [Fact(Timeout = Timeout)]
    public async Task Three_consecutive_broken_connections_eject_an_origin()
    {
        _a.Behaviour = RawOrigin.Close;
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        for (var cuts = 1; cuts <= 3; cuts++)
        {
            Assert.True(front.IsHealthy(_a));
            await EdgeInFront.UntilAsync(() => PostIsCut(front));
        }

        Assert.False(front.IsHealthy(_a));
    }

    [Fact(Timeout = Timeout)]
    public async Task Responses_with_status_500_do_not_eject_an_origin()
    {
        _a.Behaviour = RawOrigin.Respond(500);
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        await GetAsync(front, 10);

        Assert.True(front.IsHealthy(_a));
        Assert.Equal(5, _a.Requests.Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Clients_that_disconnect_do_not_eject_an_origin()
    {
        _a.Behaviour = RawOrigin.Hang;
        await using var front = await EdgeInFront.StartAsync(_a);

        for (var i = 1; i <= 5; i++)
        {
            using var leave = new CancellationTokenSource();
            var request = front.Http.GetAsync("x", leave.Token);
            await EdgeInFront.UntilAsync(() => _a.Requests.Count == i);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo(EdgeInFront.Group) == 0);
        }

        Assert.True(front.IsHealthy(_a));
    }

    [Fact(Timeout = Timeout)]
    public async Task All_origins_get_requests_while_none_is_healthy()
    {
        await using var front = await EdgeInFront.StartWithProbesAsync(_a, _b);
        _a.ProbeStatus = _b.ProbeStatus = 503;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a) && !front.IsHealthy(_b));

        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());

        _b.ProbeStatus = 200;
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_b));
        Assert.Equal(["b", "b", "b", "b"], await GetAsync(front, 4));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_draining_origin_completes_its_requests_but_gets_no_new_requests()
    {
        var release = new TaskCompletionSource();
        _a.Behaviour = async (socket, cancellationToken) =>
        {
            await release.Task;
            await RawOrigin.Respond(201)(socket, cancellationToken);
        };
        await using var front = await EdgeInFront.StartAsync(_a);
        var running = front.Http.GetAsync("slow", Ct);
        await EdgeInFront.UntilAsync(() => _a.Requests.Count == 1);
        await front.Edge.AddAsync(_b.Origin);

        var draining = front.Edge.DrainAsync("a", TimeSpan.FromSeconds(20));
        await EdgeInFront.UntilAsync(() => front.Edge.Health.All(health => health.Id != "a"));
        Assert.Equal(["b", "b", "b", "b"], await GetAsync(front, 4));
        Assert.False(draining.IsCompleted);
        release.SetResult();

        Assert.Equal(HttpStatusCode.Created, (await running).StatusCode);
        Assert.True(await draining);
        Assert.Equal(["GET /slow"], _a.Requests);
    }

    [Fact(Timeout = Timeout)]
    public async Task Draining_stops_waiting_at_the_time_limit()
    {
        _a.Behaviour = RawOrigin.Hang;
        await using var front = await EdgeInFront.StartAsync(_a, _b);
        using var leave = new CancellationTokenSource();
        var stuck = Task.WhenAll(front.Http.GetAsync("x", leave.Token), front.Http.GetAsync("x", leave.Token));
        await EdgeInFront.UntilAsync(() => _a.Requests.Count == 1);

        Assert.False(await front.Edge.DrainAsync("a", TimeSpan.FromMilliseconds(50)));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(BalancingPolicy.RoundRobin, 20)]
    [InlineData(BalancingPolicy.WeightedRoundRobin, 30)]
    public async Task Requests_are_distributed_by_the_balancing_policy_and_current_weights(BalancingPolicy policy, int expectedOfA)
    {
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes with { LoadBalancing = new() { Policy = policy } }, EdgeInFront.ShortEjection, _a, _b);
        Assert.Equal(10, (await GetAsync(front, 20)).Count(body => body == "a"));

        await front.Edge.SetWeightAsync("a", 3);

        Assert.Equal(expectedOfA, (await GetAsync(front, 40)).Count(body => body == "a"));
    }

    private static async Task<string[]> GetAsync(EdgeInFront front, int count)
    {
        var bodies = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var response = await front.Http.GetAsync("x", Ct);
            bodies[i] = await response.Content.ReadAsStringAsync(Ct);
        }

        return bodies;
    }

    private static bool PostIsCut(EdgeInFront front)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "x");
        using var response = front.Http.Send(request, Ct);
        return response.StatusCode == HttpStatusCode.BadGateway;
    }
}
