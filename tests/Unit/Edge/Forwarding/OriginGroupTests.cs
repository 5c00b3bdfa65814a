using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Forwarding;

/// <summary>Given several origin groups, then each gets the requests of its routes, and its own troubles.</summary>
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
    public async Task A_request_goes_to_the_group_of_its_route()
    {
        await using var front = await StartAsync(EdgeInFront.WithoutProbes);
        await front.Edge.AddAsync(_a.Origin);
        await front.Edge.AddAsync(_b.Origin with { Group = "pictures" });

        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.Equal("b", await front.Http.GetStringAsync("images/1/960.webp", Ct));
        Assert.Equal(["GET /api/orders"], _a.Requests);
        Assert.Equal(["GET /images/1/960.webp"], _b.Requests);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_group_without_an_instance_is_503_and_takes_nothing_else_down()
    {
        await using var front = await StartAsync(EdgeInFront.WithoutProbes);
        await front.Edge.AddAsync(_a.Origin);

        using var picture = await front.Http.GetAsync("images/1/960.webp", Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, picture.StatusCode);
        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
    }

    [Fact(Timeout = Timeout)]
    public async Task Requests_that_wait_for_a_group_count_for_that_group_alone()
    {
        await using var front = await StartAsync(EdgeInFront.WithoutProbes with { ColdStartPatience = TimeSpan.FromSeconds(20) });
        await front.Edge.AddAsync(_a.Origin);

        var waiting = front.Http.GetStringAsync("images/1/960.webp", Ct);
        await EdgeInFront.UntilAsync(() => front.Edge.InFlightTo("pictures") == 1);
        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.False(waiting.IsCompleted);
        await front.Edge.AddAsync(_b.Origin with { Group = "pictures" });

        Assert.Equal("b", await waiting);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_instance_in_two_groups_is_an_origin_of_both_and_goes_from_both()
    {
        await using var front = await StartAsync(EdgeInFront.WithoutProbes);
        await front.Edge.ReplaceAsync(predecessor: null, [_a.Origin, _a.Origin with { Group = "pictures" }]);

        Assert.Equal("a", await front.Http.GetStringAsync("api/orders", Ct));
        Assert.Equal("a", await front.Http.GetStringAsync("images/1/960.webp", Ct));

        Assert.True(await front.Edge.DrainAsync("a", TimeSpan.FromSeconds(20)));
        Assert.Empty(front.Edge.Health);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_second_priority_gets_requests_while_none_of_the_first_is_healthy()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithProbes);
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
    public async Task The_request_that_finds_the_first_priority_dead_goes_to_the_second()
    {
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes);
        await front.Edge.AddAsync(_a.Origin);
        await front.Edge.AddAsync(_b.Origin with { Priority = 2 });
        _a.Kill();

        Assert.Equal("b", await GetAsync(front, 1));
    }

    /// <summary>The rules of the repository, with the images in a group of their own.</summary>
    private static Task<EdgeInFront> StartAsync(EdgeOptions options)
    {
        var rules = EdgeRulesFile.Read(RulesFile.Path);
        rules = rules with
        {
            OriginGroups = [.. rules.OriginGroups, rules.OriginGroups[0] with { Name = "pictures" }],
            Routes = [.. rules.Routes.Select(route => route.Name == "images" ? route with { OriginGroup = "pictures" } : route)],
        };
        return EdgeInFront.StartAsync(
            options with { Groups = [.. options.Groups, options.Groups[0] with { Name = "pictures" }] },
            new EdgePipeline(rules, new() { PurgeToken = "unused" }, NullLoggerFactory.Instance).Use);
    }

    private static async Task<string> GetAsync(EdgeInFront front, int count)
    {
        var answers = "";
        for (var i = 0; i < count; i++)
        {
            answers += await front.Http.GetStringAsync("x", Ct);
        }

        return answers;
    }
}
