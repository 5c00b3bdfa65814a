using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>Tests carts while Redis hangs or is down. Requests get 503 during the outage and succeed after it.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    /// <summary>
    /// The Redis server that the app uses. The test class manages this server instead of LocalCloud, so that tests can stop it.
    /// </summary>
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
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task No_cart_is_lost_when_Redis_hangs()
    {
        using var shopper = NewShopper();
        await shopper.FillAsync();
        await SignalAsync("-STOP");

        await AssertDownAsync(shopper);
        await SignalAsync("-CONT");

        await Eventually.TrueAsync(() => RespondsAsync(shopper), "the cart can be read again");
        Assert.Equal(["mug-1*2"], await shopper.LinesAsync());
        using var placed = await shopper.CheckOutAsync();
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Single(await shopper.OrdersAsync());
        await Eventually.TrueAsync(async () => await ReadyAsync() is (HttpStatusCode.OK, "healthy"), "the app is ready again");
    }

    [Fact]
    public async Task No_order_is_placed_twice_after_Redis_loses_its_data()
    {
        using var shopper = NewShopper();
        await shopper.FillAsync();
        var sid = shopper.Sid;
        using var placed = await shopper.CheckOutAsync();
        shopper.Sid = sid;
        await _redis.LoseAsync();

        await AssertDownAsync(shopper);
        await _redis.ReturnAsync();

        await Eventually.TrueAsync(() => RespondsAsync(shopper), "the cart can be read again");
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
            await AssertProblemAsync(response, 503, "dependency-unavailable");
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Null(Shopper.CookieOf(response));
        }

        // Orders do not depend on Redis, so they still work.
        await shopper.OrdersAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy"), await ReadyAsync());
    }

    private static async Task<bool> RespondsAsync(Shopper shopper)
    {
        using var response = await shopper.SendAsync(HttpMethod.Get, "api/cart", body: null);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <returns>The status code of the response and the status of the <c>redis</c> health check.</returns>
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
