using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Given carts in Redis, when Redis hangs or dies while shoppers go on, then each is told so, and all goes on once it is back.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    /// <summary>The app gets another Redis than the cloud's own, one that can be lost.</summary>
    private readonly RedisServer _redis = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Settings = new Dictionary<string, string>(_redis.Process.AppSettings) { ["Cart__Redis__Timeout"] = "00:00:01" },
            },
            Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_redis_that_hangs_costs_answers_and_no_cart()
    {
        using var shopper = NewShopper();
        await shopper.FillAsync();
        await SignalAsync("-STOP");

        await AssertDownAsync(shopper);
        await SignalAsync("-CONT");

        await Eventually.TrueAsync(() => AnswersAsync(shopper), "the cart is shown again");
        Assert.Equal(["mug-1*2"], await shopper.LinesAsync());
        using var placed = await shopper.CheckOutAsync();
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Single(await shopper.OrdersAsync());
        await Eventually.TrueAsync(async () => await ReadyAsync() is (HttpStatusCode.OK, "healthy"), "the app is ready again");
    }

    [Fact]
    public async Task A_redis_that_comes_back_empty_begins_anew_and_repeats_no_order()
    {
        using var shopper = NewShopper();
        await shopper.FillAsync();
        var sid = shopper.Sid;
        using var placed = await shopper.CheckOutAsync();
        shopper.Sid = sid;
        await _redis.LoseAsync();

        await AssertDownAsync(shopper);
        await _redis.ReturnAsync();

        await Eventually.TrueAsync(() => AnswersAsync(shopper), "the cart is shown again");
        Assert.Empty(await shopper.LinesAsync());
        using var again = await shopper.CheckOutAsync();
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Single(await shopper.OrdersAsync());
        await shopper.FillAsync("tea");
        Assert.NotEqual(sid, shopper.Sid);
        Assert.Equal(["tea*2"], await shopper.LinesAsync());
    }

    private Shopper NewShopper() => new([_cloud.CreateClient()], [_cloud.Token(CartCloud.NewCustomer())]);

    private async Task AssertDownAsync(Shopper shopper)
    {
        using var shown = await shopper.SendAsync(HttpMethod.Get, "api/cart", body: null);
        using var put = await shopper.PutAsync("tea");
        using var deleted = await shopper.SendAsync(HttpMethod.Delete, "api/cart", body: null);
        using var ordered = await shopper.CheckOutAsync();
        foreach (var response in (HttpResponseMessage[])[shown, put, deleted, ordered])
        {
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "https://serverlessscale.dev/problems/dependency-unavailable"),
                (response.StatusCode, problem.GetProperty("type").GetString()));
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Null(Shopper.CookieOf(response));
        }

        // The others go on: they do not need it.
        await shopper.OrdersAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), await ReadyAsync());
    }

    private static async Task<bool> AnswersAsync(Shopper shopper)
    {
        using var response = await shopper.SendAsync(HttpMethod.Get, "api/cart", body: null);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <returns>The whole answer's status, and that of the check of Redis.</returns>
    private async Task<(HttpStatusCode Status, string? Redis)> ReadyAsync()
    {
        using var client = _cloud.CreateClient();
        using var response = await client.GetAsync("api/health/ready", Ct);
        var checks = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("checks").EnumerateArray();
        return (response.StatusCode, checks.Single(check => check.GetProperty("name").GetString() == "redis").GetProperty("status").GetString());
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _redis.Process.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
        Assert.Equal(0, kill.ExitCode);
    }
}
