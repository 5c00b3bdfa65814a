using System.Net;

namespace ServerlessScale.Tests.Integration.Edge.Forwarding;

/// <summary>Tests requests to an origin group that has no origins yet.</summary>
public sealed class ColdStartGateTests
{
    private const int Timeout = 30_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = Timeout)]
    public async Task A_request_gets_503_when_no_origin_exists()
    {
        await using var front = await EdgeInFront.StartAsync();

        using var response = await front.Http.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact(Timeout = Timeout)]
    public async Task Waiting_requests_are_counted_and_sent_to_the_first_origin()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, EdgeInFront.Patient);

        var waiting = Enumerable.Range(0, 5).Select(_ => front.Http.GetStringAsync("x", Ct)).ToArray();
        await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo(EdgeInFront.Group) == 5);
        Assert.Empty(origin.Requests);
        await front.Edge.AddAsync(origin.Origin);

        Assert.All(await Task.WhenAll(waiting), body => Assert.Equal("a", body));
        await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo(EdgeInFront.Group) == 0);
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_wait_again_after_the_last_origin_is_removed()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, EdgeInFront.Patient, origin);
        await front.Edge.RemoveAsync("a");

        var waiting = front.Http.GetStringAsync("x", Ct);
        await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo(EdgeInFront.Group) == 1);
        await front.Edge.AddAsync(origin.Origin with { Id = "a again" });

        Assert.Equal("a", await waiting);
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_beyond_the_waiting_limit_get_503()
    {
        await using var origin = new RawOrigin("a");
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, EdgeInFront.Patient with { MaxWaiting = 2 });

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
