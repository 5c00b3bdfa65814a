using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Identity;

/// <summary>Tests requests to a running app, with and without valid tokens.</summary>
public sealed class AccessTests(AccessTests.Fixture fixture) : IClassFixture<AccessTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_probes_do_not_need_a_token()
    {
        using var client = fixture.Cloud.CreateClient();

        using var live = await client.GetAsync("api/health/live", Ct);
        using var ready = await client.GetAsync("api/health/ready", Ct);
        using var head = await client.SendAsync(new(HttpMethod.Head, "api/health/ready"), Ct);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(ready.Headers.CacheControl?.NoStore);
        var body = await ready.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(
            ["blobs", "queues", "tables", "disk"], body.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("none", HttpStatusCode.Unauthorized, "token-missing", "Bearer")]
    [InlineData("expired", HttpStatusCode.Unauthorized, "token-expired", "Bearer error=\"invalid_token\", error_description=\"The token expired")]
    [InlineData("garbage", HttpStatusCode.Unauthorized, "token-invalid", "Bearer error=\"invalid_token\"")]
    [InlineData("wrong scope", HttpStatusCode.Forbidden, "scope-missing", "Bearer error=\"insufficient_scope\"")]
    public async Task Each_kind_of_invalid_token_gets_a_specific_problem(string token, HttpStatusCode status, string code, string challenge)
    {
        using var client = fixture.Cloud.CreateClient(token switch
        {
            "none" => null,
            "expired" => fixture.Cloud.ExpiredToken(),
            "garbage" => "garbage",
            _ => fixture.Cloud.Token("c1", "images.write"),
        });

        using var response = await client.GetAsync("api/cold-starts", Ct);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal($"https://serverlessscale.dev/problems/{code}", problem.GetProperty("type").GetString());
        Assert.StartsWith(challenge, response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task The_problem_for_an_invalid_since_value_points_to_the_parameter()
    {
        using var client = fixture.Cloud.CreateClient(fixture.Cloud.Token("ops", "diagnostics.read"));

        using var response = await client.GetAsync("api/cold-starts?since=yesterday", Ct);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("since", problem.GetProperty("pointer").GetString());
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public LocalCloud Cloud { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cloud = await LocalCloud.StartAsync(new(), Ct);

        public ValueTask DisposeAsync() => Cloud.DisposeAsync();
    }
}
