using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>Sends attacks through the edge to the real worker process. Every attack must fail.</summary>
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
    public async Task A_request_smuggled_in_a_body_is_not_processed(string lengths)
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync($"POST /elsewhere HTTP/1.1\r\nHost: shop\r\n{lengths}\r\n\r\n0\r\n\r\n{Smuggled}");
        var responses = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", responses, StringComparison.Ordinal);
        Assert.Single(responses.Split("HTTP/1.1 "), part => part.Length > 0);
    }

    // The edge and the host join repeated headers with a comma and a space before they forward the request to the app.
    [Fact]
    public async Task A_request_with_two_Idempotency_Key_headers_does_not_place_an_order()
    {
        const string Order = """{"currency":"EUR","lines":[{"sku":"mug","quantity":1,"unitPrice":1250}]}""";
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync(
            $"POST /api/orders HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nAuthorization: {cloud.Owner.DefaultRequestHeaders.Authorization}\r\n"
            + "Content-Type: application/json\r\nIdempotency-Key: twice\r\nIdempotency-Key: twice\r\n"
            + $"Content-Length: {Order.Length}\r\n\r\n{Order}");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", response, StringComparison.Ordinal);
        Assert.Contains("idempotency-key-invalid", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_edge_closes_the_connection_after_rejecting_a_write()
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync($"POST /api/orders HTTP/1.1\r\nHost: shop\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}");
        var responses = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 403 ", responses, StringComparison.Ordinal);
        Assert.Single(responses.Split("HTTP/1.1 "), part => part.Length > 0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: shop\r\nX-Long: {0}\r\n\r\n", "431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: shop\r\n\r\n", "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: shop\r\n{1}\r\n", "431")]
    public async Task Oversized_headers_are_rejected(string request, string status)
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);
        var many = string.Concat(Enumerable.Range(0, 200).Select(number => $"X-{number}: x\r\n"));

        await client.SendAsync(request.Replace("{0}", new string('a', 64 * 1024), StringComparison.Ordinal).Replace("{1}", many, StringComparison.Ordinal));
        var response = await client.ReadToEndAsync();

        // A client that is still sending may see a connection reset instead of the response.
        Assert.True(response.Length == 0 || response.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), response);
        await AssertShopResponds();
    }

    [Fact]
    public async Task Slow_clients_are_disconnected_without_delaying_other_clients()
    {
        var slow = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.ConnectAsync(cloud.Cloud.BaseAddress)));
        foreach (var client in slow)
        {
            await client.SendAsync("GET /api/health/live HTTP/1.1\r\nHost: shop\r\nX-Slow: ");
        }

        await AssertShopResponds();
        foreach (var client in slow)
        {
            var end = await client.ReadToEndAsync();
            Assert.True(end.Length == 0 || end.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), end);
            client.Dispose();
        }
    }

    [Fact]
    public async Task Forged_instance_and_address_headers_have_no_effect()
    {
        using var honest = await cloud.GetAsync("api/health/live");
        using var forged = await cloud.GetAsync(
            "api/health/live", "X-Instance-Id: mine", "X-Forwarded-For: 10.0.0.1", "X-Azure-SocketIP: 10.0.0.1", "X-Azure-FDID: mine",
            "x-ms-invocation-id: 11111111-1111-1111-1111-111111111111");

        Assert.Equal(HttpStatusCode.OK, forged.StatusCode);
        Assert.Equal(honest.Headers.GetValues("X-Instance-Id"), forged.Headers.GetValues("X-Instance-Id"));
    }

    [Fact]
    public async Task A_request_with_a_UTF8_cookie_is_served()
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync(
            "GET /api/health/live HTTP/1.1\r\nHost: shop\r\nCookie: n=J\u00c3\u00b6rg; bucket=b\r\nX-Name: J\u00c3\u00b6rg\r\nConnection: close\r\n\r\n");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_headers_do_not_bypass_the_firewall()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Headers = { { "X-Forwarded-For", "127.0.0.1" }, { "X-Original-URL", "/api/cart" }, { "X-HTTP-Method-Override", "GET" } },
        };
        using var response = await cloud.Anyone.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    // HTTP/1.0 requires no Host header, and Host may be empty (RFC 9112 section 3.2).
    [Theory]
    [InlineData("HTTP/1.0\r\n")]
    [InlineData("HTTP/1.0\r\nHost:\r\n")]
    [InlineData("HTTP/1.1\r\nHost:\r\n")]
    public async Task A_write_without_a_host_does_not_bypass_the_firewall(string end)
    {
        using var client = await RawClient.ConnectAsync(cloud.Cloud.BaseAddress);

        await client.SendAsync($"POST /api/orders {end}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 403 ", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-Host: evil.example")]
    [InlineData("X-Original-URL: /api/health/live")]
    [InlineData("Accept-Language: es")]
    [InlineData("Cookie: sid=evil")]
    public async Task Headers_outside_the_cache_key_cannot_poison_the_cache(string header)
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
    public async Task A_file_extension_does_not_make_a_response_cacheable(string path)
    {
        using var mine = await cloud.Owner.GetAsync(path, Ct);
        using var theirs = await cloud.GetAsync(path);

        Assert.DoesNotContain("stored", EdgeCloud.CacheStatusOf(mine), StringComparison.Ordinal);
        Assert.DoesNotContain("hit", EdgeCloud.CacheStatusOf(theirs), StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, theirs.StatusCode);
    }

    private async Task AssertShopResponds()
    {
        using var response = await cloud.GetAsync("api/health/live");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
