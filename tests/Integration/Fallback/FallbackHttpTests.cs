using System.Net;
using ServerlessScale.Tests.Integration.Images;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Fallback;

/// <summary>Tests requests that match no operation in docs/api.md. The requests are sent directly to the app, without an edge.</summary>
public sealed class FallbackHttpTests(ImageCloud cloud) : IClassFixture<ImageCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "index.html")]
    [InlineData("GET", "favicon.ico")]
    [InlineData("GET", "api/no/such/path")]
    [InlineData("GET", "api/orders/1/2")]
    [InlineData("POST", "api")]
    [InlineData("OPTIONS", "api/no/such/path")]
    [InlineData("GET", "api%2Forders")]
    [InlineData("GET", "api/no/such/%2500")]
    [InlineData("GET", "api/no/such/%01")]
    public async Task An_unknown_path_gets_404(string method, string path)
    {
        using var response = await cloud.Anonymous.SendAsync(new(new HttpMethod(method), path), Ct);

        await AssertProblemAsync(response, 404, "route-not-found");
        Assert.Empty(response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("POST", "", "GET, HEAD, OPTIONS")]
    [InlineData("POST", "assets/index.js", "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "api/orders", "GET, HEAD, POST, OPTIONS")]
    [InlineData("PUT", "api/orders/x", "GET, HEAD, PATCH, OPTIONS")]
    [InlineData("TRACE", "api/cart", "DELETE, GET, HEAD, OPTIONS")]
    [InlineData("BREW", "API/Cart/Lines/mug", "PUT, OPTIONS")]
    [InlineData("POST", "api/health/live", "GET, HEAD, OPTIONS")]
    [InlineData("GET", "api/images", "POST, OPTIONS")]
    [InlineData("POST", "api/order-statuses", "GET, HEAD, OPTIONS")]
    public async Task A_request_with_an_unsupported_method_gets_405_and_the_allowed_methods(string method, string path, string allow)
    {
        using var response = await cloud.Anonymous.SendAsync(new(new HttpMethod(method), path), Ct);

        await AssertProblemAsync(response, 405, "method-not-allowed");
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task An_unsupported_HEAD_request_gets_405_without_a_body()
    {
        using var response = await cloud.Anonymous.SendAsync(new(HttpMethod.Head, "api/uploads"), Ct);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST", "OPTIONS"], response.Content.Headers.Allow);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("api/orders", "GET, HEAD, POST, OPTIONS")]
    [InlineData("images/x/960.webp", "GET, HEAD, OPTIONS")]
    public async Task OPTIONS_returns_the_allowed_methods(string path, string allow)
    {
        using var response = await cloud.Anonymous.SendAsync(new(HttpMethod.Options, path), Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("GET /%00 HTTP/1.1")]
    [InlineData("GET /api/orders/%00 HTTP/1.1")]
    [InlineData("DELETE /api/images%00 HTTP/1.1")]
    [InlineData("GET /%E4%FF HTTP/1.1")]
    [InlineData("GET /%zz HTTP/1.1")]
    [InlineData("GET /%c0%af%c0%ae HTTP/1.1")]
    [InlineData("GET /a%0d%0ab HTTP/1.1")]
    [InlineData("GET // HTTP/1.1")]
    [InlineData("GET //api//orders// HTTP/1.1")]
    [InlineData("GET /../../etc/passwd HTTP/1.1")]
    [InlineData("GET /..%2f..%2fetc%2fpasswd HTTP/1.1")]
    [InlineData("GET /api\\orders HTTP/1.1")]
    [InlineData("GET /{*rest} HTTP/1.1")]
    [InlineData("GET /nothing?%00=%00 HTTP/1.1")]
    [InlineData("BREW /pot HTTP/1.1")]
    public async Task A_request_that_does_not_match_any_operation_gets_a_4xx_status(string requestLine)
    {
        using var client = await RawClient.ConnectAsync(cloud.BaseAddress);

        await client.SendAsync($"{requestLine}\r\nHost: {cloud.BaseAddress.Authority}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 4", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
