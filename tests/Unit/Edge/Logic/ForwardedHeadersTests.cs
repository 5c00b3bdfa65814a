using ServerlessScale.Edge.Logic;

namespace ServerlessScale.Tests.Unit.Edge.Logic;

public sealed class ForwardedHeadersTests
{
    [Fact]
    public void Reserved_headers_from_the_client_are_replaced_or_removed()
    {
        var context = Requests.Context(
            "GET /", 40000, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "X-Azure-SocketIP: 10.0.0.1", "X-Azure-FDID: forged",
            "X-FD-HealthProbe: 1", "X-Instance-Id: mine", "X-Bucket: b", "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "Forwarded: for=10.0.0.1",
            "x-ms-invocation-id: 1", "X-Kept: yes");

        ForwardedHeaders.Replace(context.Request, new(context.Request, "ZZ"));

        var headers = context.Request.Headers;
        Assert.Equal("shop.example:8080", headers["X-Forwarded-Host"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.Equal("192.0.2.1", headers["X-Azure-SocketIP"]);
        Assert.Equal("yes", headers["X-Kept"]);
        Assert.All(
            (string[])["X-Azure-FDID", "X-FD-HealthProbe", "X-Instance-Id", "X-Bucket", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "x-ms-invocation-id"],
            name => Assert.False(headers.ContainsKey(name), name));
    }

    [Fact]
    public void The_socket_address_is_appended_to_X_Forwarded_For()
    {
        var context = Requests.Context("GET /", 40000, "X-Forwarded-For: 203.0.113.9");

        ForwardedHeaders.Replace(context.Request, new(context.Request, "ZZ"));

        Assert.Equal("203.0.113.9, 192.0.2.1", context.Request.Headers["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("X-Azure-ClientIP")]
    [InlineData("X-Azure-SocketIP")]
    public void The_client_address_header_does_not_follow_X_Forwarded_For(string header)
    {
        var context = Requests.Context("GET /", 40000, "X-Forwarded-For: 203.0.113.9", $"{header}: 203.0.113.9");

        ForwardedHeaders.Replace(context.Request, new(context.Request, "ZZ"));

        Assert.Equal("192.0.2.1", context.Request.Headers[header]);
    }
}
