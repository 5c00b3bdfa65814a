using System.Net;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Tests.Unit.Edge.Health;

/// <summary>Given instances that fall ill in several ways, then they get no requests until they are well again.</summary>
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
    public async Task An_instance_whose_probes_fail_gets_no_requests_until_they_succeed(int? status)
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithProbes, _a, _b);
        _a.ProbeStatus = status;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a));

        Assert.Equal(["b", "b", "b", "b"], await GetAsync(front, 4));

        _a.ProbeStatus = 200;
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_killed_instance_is_ejected_by_its_first_request_and_returns_after_its_restart()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a, _b);
        _a.Kill();

        Assert.Equal(["b", "b"], await GetAsync(front, 2));
        Assert.False(front.IsHealthy(_a));

        _a.Restart();
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_a));
        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());
    }

    [Fact(Timeout = Timeout)]
    public async Task Three_requests_in_a_row_that_are_cut_eject_an_instance()
    {
        _a.Behaviour = RawOrigin.Close;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a, _b);

        for (var cuts = 1; cuts <= 3; cuts++)
        {
            Assert.True(front.IsHealthy(_a));
            await EdgeInFront.UntilAsync(() => PostIsCut(front));
        }

        Assert.False(front.IsHealthy(_a));
    }

    [Fact(Timeout = Timeout)]
    public async Task Answers_of_500_eject_nobody()
    {
        _a.Behaviour = RawOrigin.Answer(500);
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a, _b);

        await GetAsync(front, 10);

        Assert.True(front.IsHealthy(_a));
        Assert.Equal(5, _a.Requests.Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task Clients_that_leave_eject_nobody()
    {
        _a.Behaviour = RawOrigin.Hang;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a);

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
    public async Task When_all_are_ill_all_are_tried()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithProbes, _a, _b);
        _a.ProbeStatus = _b.ProbeStatus = 503;
        await EdgeInFront.UntilAsync(() => !front.IsHealthy(_a) && !front.IsHealthy(_b));

        Assert.Equal(["a", "a", "b", "b"], (await GetAsync(front, 4)).Order());

        _b.ProbeStatus = 200;
        await EdgeInFront.UntilAsync(() => front.IsHealthy(_b));
        Assert.Equal(["b", "b", "b", "b"], await GetAsync(front, 4));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_draining_instance_ends_its_requests_and_gets_no_new_ones()
    {
        var release = new TaskCompletionSource();
        _a.Behaviour = async (socket, cancellationToken) =>
        {
            await release.Task;
            await RawOrigin.Answer(201)(socket, cancellationToken);
        };
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a);
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
    public async Task A_drain_has_an_end()
    {
        _a.Behaviour = RawOrigin.Hang;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, _a, _b);
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
    public async Task Requests_are_spread_by_the_policy_and_a_new_weight_counts_at_once(BalancingPolicy policy, int expectedOfA)
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithGroup(group => group with { Policy = policy }), _a, _b);
        Assert.Equal(10, (await GetAsync(front, 20)).Count(answer => answer == "a"));

        await front.Edge.SetWeightAsync("a", 3);

        Assert.Equal(expectedOfA, (await GetAsync(front, 40)).Count(answer => answer == "a"));
    }

    private static async Task<string[]> GetAsync(EdgeInFront front, int count)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var response = await front.Http.GetAsync("x", Ct);
            answers[i] = await response.Content.ReadAsStringAsync(Ct);
        }

        return answers;
    }

    private static bool PostIsCut(EdgeInFront front)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "x");
        using var response = front.Http.Send(request, Ct);
        return response.StatusCode == HttpStatusCode.BadGateway;
    }
}
