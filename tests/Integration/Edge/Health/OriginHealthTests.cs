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

    // Envoy's consecutive_gateway_failure counts the statuses 502, 503 and 504, and is 5 by default.
    [Theory(Timeout = Timeout)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(500, false)]
    [InlineData(429, false)]
    public async Task Five_consecutive_gateway_errors_eject_an_origin_if_configured(int status, bool ejected)
    {
        _a.Behaviour = RawOrigin.Send($"HTTP/1.1 {status} Status\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{{}}");
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes, new() { GatewayErrorsUntilEjection = 5, EjectionTime = TimeSpan.FromMinutes(1) }, _a, _b);

        await GetAsync(front, 8);
        Assert.True(front.IsHealthy(_a));
        await GetAsync(front, 2);

        Assert.Equal(ejected, !front.IsHealthy(_a));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_success_between_gateway_errors_prevents_the_ejection()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, new() { GatewayErrorsUntilEjection = 5 }, _a);

        for (var i = 0; i < 12; i++)
        {
            _a.Behaviour = i % 4 == 3 ? RawOrigin.DefaultBehaviour : RawOrigin.Respond(502);
            await GetAsync(front, 1);
        }

        Assert.True(front.IsHealthy(_a));
    }

    [Fact(Timeout = Timeout)]
    public async Task Three_waiting_requests_eject_an_origin_that_stops_responding()
    {
        _a.Behaviour = RawOrigin.Hang;
        _a.ProbeStatus = null;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, EdgeInFront.QuickToNotice, _a);
        using var leave = new CancellationTokenSource();

        Task[] waiting = [PostAsync(), PostAsync()];
        await EdgeInFront.UntilAsync(() => _a.Requests.Count == 2);
        await Task.Delay(500, Ct);
        Assert.True(front.IsHealthy(_a));
        waiting = [.. waiting, PostAsync()];

        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));

        Task PostAsync() => front.Http.PostAsync("x", new StringContent("order"), leave.Token);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_origin_that_stopped_responding_returns_when_its_probe_succeeds()
    {
        _a.Behaviour = RawOrigin.Hang;
        _a.ProbeStatus = null;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithProbes, EdgeInFront.QuickToNotice, _a, _b);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => front.Http.GetStringAsync("x", Ct)));
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));

        _a.Behaviour = RawOrigin.DefaultBehaviour;
        _a.ProbeStatus = 200;

        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());
    }

    // Envoy's panic threshold is a percentage of healthy hosts, below which all hosts get requests. Its default is 50.
    [Theory(Timeout = Timeout)]
    [InlineData(0, "b")]
    [InlineData(50, "b")]
    [InlineData(51, "ab")]
    public async Task All_origins_get_requests_below_the_panic_threshold(int threshold, string expected)
    {
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithProbes, EdgeInFront.ShortEjection with { PanicThreshold = threshold, ProbeTimeout = TimeSpan.FromSeconds(5) }, _a, _b);
        _a.ProbeStatus = 503;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));

        Assert.Equal(expected, string.Concat((await GetAsync(front, 4)).Distinct().Order()));
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
