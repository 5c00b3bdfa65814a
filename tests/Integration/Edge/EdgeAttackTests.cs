using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>Given a client that means harm, when it tries, then nothing comes of it: over real sockets, through to the real worker.</summary>
public sealed class EdgeAttackTests(EdgeCloud cloud) : IClassFixture<EdgeCloud>
{
    private const string Smuggled = "GET /api/health/live HTTP/1.1\r\nHost: smuggled\r\n\r\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: xchunked")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked, identity")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding:\tchunked")]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding : chunked")]
    [InlineData("Content-Length: 5\r\n Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 5\r\nContent-Length: 55")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity")]
    public async Task A_request_hidden_in_another_ones_body_is_not_carried_out(string lengths)
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync($"POST /elsewhere HTTP/1.1\r\nHost: shop\r\n{lengths}\r\n\r\n0\r\n\r\n{Smuggled}");
        var answers = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answers, StringComparison.Ordinal);
        Assert.Single(answers.Split("HTTP/1.1 "), part => part.Length > 0);
    }

    [Fact]
    public async Task A_refused_write_ends_its_connection_so_that_its_body_is_never_a_request()
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync($"POST /api/orders HTTP/1.1\r\nHost: shop\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}");
        var answers = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 403 ", answers, StringComparison.Ordinal);
        Assert.Single(answers.Split("HTTP/1.1 "), part => part.Length > 0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: shop\r\nX-Long: {0}\r\n\r\n", "431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: shop\r\n\r\n", "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: shop\r\n{1}\r\n", "431")]
    public async Task Oversized_headers_are_refused(string request, string status)
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);
        var many = string.Concat(Enumerable.Range(0, 200).Select(number => $"X-{number}: x\r\n"));

        await client.SendAsync(request.Replace("{0}", new string('a', 64 * 1024), StringComparison.Ordinal).Replace("{1}", many, StringComparison.Ordinal));
        var answer = await client.ReadToEndAsync();

        // A client that is still sending may see the reset before the answer.
        Assert.True(answer.Length == 0 || answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), answer);
        await TheShopAnswers();
    }

    [Fact]
    public async Task Slow_clients_are_cut_off_and_keep_nobody_else_waiting()
    {
        var slow = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.ConnectAsync(cloud.Cloud.BaseAddress)));
        foreach (var client in slow)
        {
            await client.SendAsync("GET /api/health/live HTTP/1.1\r\nHost: shop\r\nX-Slow: ");
        }

        await TheShopAnswers();
        foreach (var client in slow)
        {
            var end = await client.ReadToEndAsync();
            Assert.True(end.Length == 0 || end.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), end);
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_forged_instance_or_address_changes_nothing()
    {
        using var honest = await cloud.GetAsync("api/health/live");
        using var forged = await cloud.GetAsync(
            "api/health/live", "X-Instance-Id: mine", "X-Forwarded-For: 10.0.0.1", "X-Azure-SocketIP: 10.0.0.1", "X-Azure-FDID: mine",
            "x-ms-invocation-id: 11111111-1111-1111-1111-111111111111");

        Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
        Assert.Equal(honest.Headers.GetValues("X-Instance-Id"), forged.Headers.GetValues("X-Instance-Id"));
    }

    [Fact]
    public async Task A_forged_address_does_not_lift_a_refusal()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Headers = { { "X-Forwarded-For", "127.0.0.1" }, { "X-Original-URL", "/api/cart" }, { "X-HTTP-Method-Override", "GET" } },
        };
        using var answer = await cloud.Anyone.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("X-Original-URL: /api/health/live")]
    [InlineData("Accept-Language: es")]
    [InlineData("Cookie: sid=evil")]
    public async Task Headers_that_are_no_part_of_the_key_do_not_poison_a_cached_answer(string header)
    {
        await cloud.Cloud.PurgeAsync("/api/order-statuses/*", Ct);

        using var poisoner = await cloud.GetAsync("api/order-statuses/de", header);
        using var victim = await cloud.GetAsync("api/order-statuses/de");

        Assert.StartsWith("edge; hit", EdgeCloud.CacheStatusOf(victim), StringComparison.Ordinal);
        Assert.Equal("de", (await victim.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("language").GetString());
        Assert.DoesNotContain("evil", victim.Headers.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/orders/x.css")]
    [InlineData("api/cart/x.css")]
    [InlineData("api/orders;x.css")]
    [InlineData("api/orders%2Fx.css")]
    [InlineData("api/orders%23/images/x.css")]
    [InlineData("images/..%2f..%2fapi/orders")]
    [InlineData("images/%2e%2e/api/orders")]
    public async Task No_path_makes_a_private_answer_look_like_a_file(string path)
    {
        using var mine = await cloud.Owner.GetAsync(path, Ct);
        using var theirs = await cloud.GetAsync(path);

        Assert.DoesNotContain("stored", EdgeCloud.CacheStatusOf(mine), StringComparison.Ordinal);
        Assert.DoesNotContain("hit", EdgeCloud.CacheStatusOf(theirs), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, theirs.StatusCode);
    }

    private async Task TheShopAnswers()
    {
        using var answer = await cloud.GetAsync("api/health/live");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
