using System.Net.Sockets;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Edge.Forwarding;

/// <summary>
/// Tests that the edge retries a failed request only if no origin can have processed it yet or if processing it twice is harmless.
/// </summary>
public sealed class SafeRetriesTests : IAsyncDisposable
{
    private const int Timeout = 30_000;
    private readonly RawOrigin _a = new("a");
    private readonly RawOrigin _b = new("b");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Breaks => new(nameof(RawOrigin.Close), nameof(RawOrigin.Reset));

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Breaks))]
    public async Task A_GET_request_without_a_response_is_retried_on_another_origin(string cut)
    {
        _a.Behaviour = Behaviour(cut);
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("b", await front.Http.GetStringAsync("x", Ct));
        }

        Assert.NotEmpty(_a.Requests);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PUT")]
    public async Task Idempotent_requests_without_a_body_are_retried(string method)
    {
        _a.Behaviour = RawOrigin.Close;
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            using var response = await front.Http.SendAsync(new(new HttpMethod(method), "x"), Ct);
            Assert.Equal("b", await response.Content.ReadAsStringAsync(Ct));
        }));
        Assert.NotEmpty(_a.Requests);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("POST", null, nameof(RawOrigin.Close))]
    [InlineData("POST", null, nameof(RawOrigin.Reset))]
    [InlineData("POST", "order", nameof(RawOrigin.Close))]
    [InlineData("POST", "order", nameof(RawOrigin.Reset))]
    [InlineData("PATCH", null, nameof(RawOrigin.Close))]
    [InlineData("PATCH", "order", nameof(RawOrigin.Close))]
    [InlineData("PUT", "order", nameof(RawOrigin.Close))]
    public async Task A_failed_request_that_may_have_been_processed_gets_502(string method, string? body, string cut)
    {
        await using var front = await EdgeInFront.StartAsync(_a, _b);
        // HttpClient itself retries a request only if the request failed on a reused connection, so each origin first gets a request that
        // opens a connection.
        await front.Http.GetStringAsync("x", Ct);
        await front.Http.GetStringAsync("x", Ct);
        _a.Behaviour = _b.Behaviour = Behaviour(cut);

        using var request = new HttpRequestMessage(new HttpMethod(method), "order") { Content = body is null ? null : new StringContent(body) };
        using var response = await front.Http.SendAsync(request, Ct);

        await AssertProblemAsync(response, 502, "instance-lost");
        Assert.Equal(1, response.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Single(_a.Requests.Concat(_b.Requests), sent => sent == $"{method} /order{(body is null ? "" : $" {body}")}");
    }

    [Fact(Timeout = Timeout)]
    public async Task A_failed_POST_without_a_body_or_Content_Length_is_not_retried()
    {
        await using var front = await EdgeInFront.StartAsync(_a);
        await front.Http.GetStringAsync("x", Ct);
        _a.Behaviour = RawOrigin.Close;

        using var socket = new TcpClient();
        await socket.ConnectAsync(front.Edge.Address.Host, front.Edge.Address.Port, Ct);
        await socket.GetStream().WriteAsync("POST /order HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"u8.ToArray(), Ct);
        using var reader = new StreamReader(socket.GetStream());

        Assert.StartsWith("HTTP/1.1 502", await reader.ReadToEndAsync(Ct), StringComparison.Ordinal);
        Assert.Single(_a.Requests, sent => sent == "POST /order");
    }

    [Fact(Timeout = Timeout)]
    public async Task A_POST_is_retried_when_its_connection_is_refused()
    {
        _a.Kill();
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        for (var i = 0; i < 4; i++)
        {
            using var response = await front.Http.PostAsync("order", new StringContent("order"), Ct);
            Assert.Equal("b", await response.Content.ReadAsStringAsync(Ct));
        }

        Assert.Equal(4, _b.Requests.Count(sent => sent == "POST /order order"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_gets_503_when_no_origin_is_reachable()
    {
        _a.Kill();
        _b.Kill();
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        using var response = await front.Http.GetAsync("x", Ct);

        await AssertProblemAsync(response, 503, "no-instance");
        Assert.Equal(1, response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_is_not_retried_after_its_response_has_begun()
    {
        _a.Behaviour = _b.Behaviour = RawOrigin.CutResponse;
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        await Assert.ThrowsAsync<HttpRequestException>(() => front.Http.GetStringAsync("x", Ct));
        Assert.Single(_a.Requests.Concat(_b.Requests));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_that_times_out_gets_504_without_a_retry()
    {
        _a.Behaviour = _b.Behaviour = RawOrigin.Hang;
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes, EdgeInFront.ShortEjection with { ActivityTimeout = TimeSpan.FromMilliseconds(200) }, _a, _b);

        using var response = await front.Http.GetAsync("x", Ct);

        await AssertProblemAsync(response, 504, "instance-timeout");
        Assert.Single(_a.Requests.Concat(_b.Requests));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_GET_is_retried_when_its_origin_stops_responding()
    {
        _a.Behaviour = RawOrigin.Hang;
        _a.ProbeStatus = null;
        await using var front = await EdgeInFront.StartAsync(EdgeInFront.WithoutProbes, EdgeInFront.QuickToNotice, _a, _b);

        var bodies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => front.Http.GetStringAsync("x", Ct)));

        Assert.All(bodies, body => Assert.Equal("b", body));
        Assert.NotEmpty(_a.Requests);
        Assert.Equal(10, _b.Requests.Count);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_slow_request_is_not_retried_while_its_origin_responds_to_probes()
    {
        _a.Behaviour = async (socket, cancellationToken) =>
        {
            await Task.Delay(1_000, cancellationToken);
            await RawOrigin.Respond(204)(socket, cancellationToken);
        };
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes, EdgeInFront.QuickToNotice with { ProbeTimeout = TimeSpan.FromSeconds(10) }, _a, _b);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var response = await front.Http.GetAsync("x", Ct);
            return (int)response.StatusCode;
        }));

        Assert.Equal([200, 204], statuses.Distinct().Order());
        Assert.Equal(5, _a.Requests.Count);
        Assert.True(front.IsHealthy(_a));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("POST", null)]
    [InlineData("PUT", "order")]
    public async Task A_request_that_must_not_be_repeated_keeps_waiting_for_a_hung_origin(string method, string? body)
    {
        _a.Behaviour = _b.Behaviour = RawOrigin.Hang;
        _a.ProbeStatus = _b.ProbeStatus = null;
        await using var front = await EdgeInFront.StartAsync(
            EdgeInFront.WithoutProbes, EdgeInFront.QuickToNotice with { ActivityTimeout = TimeSpan.FromSeconds(1) }, _a, _b);

        using var request = new HttpRequestMessage(new HttpMethod(method), "x") { Content = body is null ? null : new StringContent(body) };
        using var response = await front.Http.SendAsync(request, Ct);

        await AssertProblemAsync(response, 504, "instance-timeout");
        Assert.Single(_a.Requests.Concat(_b.Requests));
    }

    // tools/FunctionHost/README.md: the host of an instance responds with an empty 500 to the requests in flight when its worker crashes, and
    // with 503 "Function host is not running." while it restarts.
    [Theory(Timeout = Timeout)]
    [InlineData("HTTP/1.1 500 Status\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 503 Status\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\nFunction host is not running.\r\n0\r\n\r\n")]
    public async Task A_GET_is_retried_when_the_host_has_lost_its_worker(string answer)
    {
        _a.Behaviour = RawOrigin.Send(answer);
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("b", await front.Http.GetStringAsync("x", Ct));
        }

        Assert.NotEmpty(_a.Requests);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("POST", "HTTP/1.1 500 Status\r\nContent-Length: 0\r\n\r\n", 500)]
    [InlineData("GET", "HTTP/1.1 500 Status\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{}", 500)]
    [InlineData("GET", "HTTP/1.1 503 Status\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{}", 503)]
    public async Task An_error_of_the_app_or_to_an_unsafe_request_is_not_retried(string method, string answer, int status)
    {
        _a.Behaviour = _b.Behaviour = RawOrigin.Send(answer);
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        using var response = await front.Http.SendAsync(new(new HttpMethod(method), "x"), Ct);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Single(_a.Requests.Concat(_b.Requests));
    }

    [Fact(Timeout = Timeout)]
    public async Task The_hosts_response_is_forwarded_after_the_last_attempt()
    {
        _a.Behaviour = _b.Behaviour = RawOrigin.Send("HTTP/1.1 503 Status\r\nContent-Length: 29\r\n\r\nFunction host is not running.");
        await using var front = await EdgeInFront.StartAsync(_a, _b);

        using var response = await front.Http.GetAsync("x", Ct);

        Assert.Equal("Function host is not running.", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(2, _a.Requests.Concat(_b.Requests).Count());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_request_is_attempted_at_most_three_times()
    {
        await using var c = new RawOrigin("c");
        await using var d = new RawOrigin("d");
        _a.Behaviour = _b.Behaviour = c.Behaviour = d.Behaviour = RawOrigin.Close;
        await using var front = await EdgeInFront.StartAsync(_a, _b, c, d);

        using var response = await front.Http.GetAsync("x", Ct);

        await AssertProblemAsync(response, 502, "instance-lost");
        Assert.Equal(3, new[] { _a, _b, c, d }.Count(origin => origin.Requests.Count > 0));
    }

    private static Func<Socket, CancellationToken, Task> Behaviour(string name) =>
        name == nameof(RawOrigin.Close) ? RawOrigin.Close : RawOrigin.Reset;
}
