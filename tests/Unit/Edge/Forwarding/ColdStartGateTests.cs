using System.Net;

namespace ServerlessScale.Tests.Unit.Edge.Forwarding;

public sealed class ColdStartGateTests
{
    private const int Timeout = 30_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task Without_an_instance_and_without_patience_the_answer_is_503_at_once()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes);

        using var response = await front.Http.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_wait_for_the_first_instance_and_are_counted_meanwhile()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes with { ColdStartPatience = TimeSpan.FromSeconds(20) });

        var waiting = Enumerable.Range(0, 5).Select(_ => front.Http.GetStringAsync("x", Ct)).ToArray();
        await EdgeInFront.UntilAsync(() => front.Edge.InFlight == 5);
        Assert.Empty(origin.Requests);
        await front.Edge.AddAsync(origin.Origin);

        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal("a", answer));
        await EdgeInFront.UntilAsync(() => front.Edge.InFlight == 0);
    }

    [Fact(Timeout = Timeout)]
    public async Task They_wait_anew_when_the_last_instance_has_gone()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes with { ColdStartPatience = TimeSpan.FromSeconds(20) }, origin);
        await front.Edge.RemoveAsync("a");

        var waiting = front.Http.GetStringAsync("x", Ct);
        await EdgeInFront.UntilAsync(() => front.Edge.InFlight == 1);
        await front.Edge.AddAsync(origin.Origin with { Id = "a again" });

        Assert.Equal("a", await waiting);
    }

    [Fact(Timeout = Timeout)]
    public async Task Only_so_many_wait()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes with { ColdStartPatience = TimeSpan.FromSeconds(20), MaxWaiting = 2 });

        var requests = Enumerable.Range(0, 5).Select(_ => front.Http.GetAsync("x", Ct)).ToList();
        for (var refused = 0; refused < 3; refused++)
        {
            var first = await Task.WhenAny(requests);
            requests.Remove(first);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await first).StatusCode);
        }

        await front.Edge.AddAsync(origin.Origin);
        Assert.All(await Task.WhenAll(requests), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }
}
