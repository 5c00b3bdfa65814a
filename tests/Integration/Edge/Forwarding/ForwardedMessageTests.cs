namespace ServerlessScale.Tests.Integration.Edge.Forwarding;

/// <summary>Tests the bytes of the requests that an origin receives, and of the responses that a client receives.</summary>
public sealed class ForwardedMessageTests : IAsyncDisposable
{
    private const int Timeout = 30_000;
    private readonly RawOrigin _origin = new("a");

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    // The names and values are those in learn.microsoft.com/azure/frontdoor/front-door-http-headers-protocol: "Azure Front Door appends the
    // client's socket IP address" to X-Forwarded-For. X-Azure-SocketIP is "the socket IP address associated with the TCP connection".
    // X-Azure-ClientIP differs on purpose, because the client could choose the value.
    [Theory(Timeout = Timeout)]
    [InlineData("", "127.0.0.1")]
    [InlineData("X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9, 127.0.0.1")]
    [InlineData("X-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n", "203.0.113.9, 198.51.100.7, 127.0.0.1")]
    public async Task The_origin_receives_the_client_address_appended_to_X_Forwarded_For(string sent, string received)
    {
        var head = await HeadAsync($"GET /x HTTP/1.1\r\nHost: shop.example\r\nX-Azure-ClientIP: 10.0.0.1\r\nX-Azure-SocketIP: 10.0.0.1\r\n{sent}");

        foreach (var (name, value) in ((string, string)[])
            [("X-Forwarded-For", received), ("X-Azure-ClientIP", "127.0.0.1"), ("X-Azure-SocketIP", "127.0.0.1"), ("X-Forwarded-Host", "shop.example"), ("X-Forwarded-Proto", "http")])
        {
            Assert.Equal($"{name}: {value}", Assert.Single(head, line => Has(line, name)));
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData("")]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task The_origin_receives_the_trace_context_of_the_client(string sent)
    {
        using var span = new System.Diagnostics.Activity("edge").Start();

        var head = await HeadAsync($"GET /x HTTP/1.1\r\nHost: shop\r\n{(sent.Length > 0 ? sent + "\r\n" : "")}");

        Assert.Equal(sent, string.Concat(head.Where(line => Has(line, "traceparent"))));
        Assert.DoesNotContain(head, line => Has(line, "Request-Id") || Has(line, "Correlation-Context"));
    }

    // RFC 9110 section 7.6.1: a proxy removes the headers that Connection names. If Connection also contains "close" or "keep-alive", Kestrel
    // discards the names before any code of the edge runs.
    [Fact(Timeout = Timeout)]
    public async Task Request_headers_that_Connection_names_are_not_forwarded()
    {
        await using var front = await EdgeInFront.StartAsync(_origin);
        using var client = await RawClient.ConnectAsync(front.Edge.Address);
        await client.SendAsync(
            "GET /x HTTP/1.1\r\nHost: shop\r\nConnection: x-hop, X-Forwarded-For, Host\r\nX-Hop: 1\r\nX-Kept: 1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
        await EdgeInFront.UntilAsync(() => _origin.Heads.Count > 0);
        var head = _origin.Heads.Single().Split("\r\n");

        Assert.DoesNotContain(head, line => Has(line, "X-Hop"));
        Assert.Contains("X-Kept: 1", head);
        Assert.Contains("Host: shop", head);
        Assert.Contains("X-Forwarded-For: 127.0.0.1", head);
    }

    [Fact(Timeout = Timeout)]
    public async Task Response_headers_that_Connection_names_are_not_forwarded()
    {
        _origin.Behaviour = RawOrigin.Send("HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n");

        var response = await SendAsync("GET /x HTTP/1.1\r\nHost: shop\r\n");

        Assert.DoesNotContain("X-Hop", response, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Kept: 1", response, StringComparison.Ordinal);
    }

    // RFC 3986 section 2.2: a path that contains %2f differs from a path that contains a slash, and section 2.4: a percent sign must not be
    // encoded twice.
    [Theory(Timeout = Timeout)]
    [InlineData("/a%2fb")]
    [InlineData("/a%2Fb?c=%2f")]
    [InlineData("/a%252fb")]
    [InlineData("/%61pi/orders")]
    [InlineData("/a%20b/%C3%B6")]
    [InlineData("/a//b;c=(d)")]
    public async Task The_origin_receives_the_path_as_the_client_encoded_it(string target)
    {
        var head = await HeadAsync($"GET {target} HTTP/1.1\r\nHost: shop\r\n");

        Assert.Equal($"GET {target} HTTP/1.1", head[0]);
    }

    // RFC 3986 section 5.2.4 removes dot segments. The origin receives the path that the rules have examined.
    [Theory(Timeout = Timeout)]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/../b%2fc", "/b%2fc")]
    public async Task The_origin_receives_a_path_without_dot_segments(string target, string received)
    {
        var head = await HeadAsync($"GET {target} HTTP/1.1\r\nHost: shop\r\n");

        Assert.Equal($"GET {received} HTTP/1.1", head[0]);
    }

    // RFC 9110 section 5.5: a recipient treats other octets in a field value as opaque data.
    [Theory(Timeout = Timeout)]
    [InlineData("J\u00c3\u00b6rg")]
    [InlineData("J\u00f6rg")]
    public async Task Response_headers_outside_ASCII_are_forwarded_unchanged(string value)
    {
        _origin.Behaviour = RawOrigin.Send($"HTTP/1.1 200 OK\r\nX-Name: {value}\r\nContent-Length: 0\r\n\r\n");

        var response = await SendAsync("GET /x HTTP/1.1\r\nHost: shop\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", response, StringComparison.Ordinal);
        Assert.Contains($"\r\nX-Name: {value}\r\n", response, StringComparison.Ordinal);
    }

    private static bool Has(string line, string name) => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the request line and the headers that the origin has received.</summary>
    private async Task<string[]> HeadAsync(string request)
    {
        await SendAsync(request);
        return Assert.Single(_origin.Heads).Split("\r\n");
    }

    private async Task<string> SendAsync(string request)
    {
        await using var front = await EdgeInFront.StartAsync(_origin);
        using var client = await RawClient.ConnectAsync(front.Edge.Address);
        await client.SendAsync($"{request}Connection: close\r\n\r\n");
        return await client.ReadToEndAsync();
    }
}
