using System.Net;
using ServerlessScale.Bench;
using ServerlessScale.Measurement;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.Measurement;

public sealed class FailedRequestsTests
{
    private readonly FailedRequests _failed = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unexpected_status_is_counted_without_an_exception()
    {
        await using var server = await LocalHttpServer.StartAsync(async http =>
        {
            http.Response.StatusCode = 503;
            await http.Response.Body.WriteAsync("busy"u8.ToArray(), Ct);
        });

        Assert.Null(await SendAsync(server.Client, HttpStatusCode.OK));
        Assert.Null(await SendAsync(server.Client, HttpStatusCode.OK));
        using var expected = await SendAsync(server.Client, HttpStatusCode.ServiceUnavailable);

        Assert.NotNull(expected);
        Assert.Equal(2, _failed.Count);
        Assert.Contains("2 x GET /: 503 (busy)", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_is_counted_without_an_exception()
    {
        using var client = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/") };

        Assert.Null(await SendAsync(client, HttpStatusCode.OK));

        Assert.Contains("1 x GET /: no response", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_request_is_retried_until_it_succeeds()
    {
        var requests = 0;
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = ++requests < 3 ? 503 : 200;
            return Task.CompletedTask;
        });

        using var response = await _failed.SendUntilExpectedAsync(
            server.Client, "GET /", () => new(HttpMethod.Get, "/"), Ct, HttpStatusCode.OK);

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, _failed.Count));
    }

    [Fact]
    public async Task Cancellation_does_not_count_as_a_failed_request()
    {
        using var stopped = new CancellationTokenSource();
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            stopped.Cancel();
            return Task.Delay(Timeout.Infinite, http.RequestAborted);
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _failed.SendAsync(server.Client, "GET /", request, stopped.Token, HttpStatusCode.OK));

        Assert.Equal(0, _failed.Count);
    }

    [Fact]
    public void Nothing_is_printed_when_no_request_failed() => Assert.Empty(Written());

    [Theory]
    [InlineData("orders")]
    [InlineData("orders lag")]
    [InlineData("webhooks")]
    [InlineData("webhooks deliver")]
    [InlineData("webhooks hang")]
    [InlineData("images")]
    [InlineData("balancing")]
    [InlineData("burst")]
    [InlineData("edge-cache")]
    [InlineData("recording-cost")]
    [InlineData("sessions")]
    [InlineData("uploads")]
    public void Every_benchmark_command_states_its_duration_in_the_help(string command)
    {
        var parsed = BenchCommands.Root().Parse(command);

        Assert.Empty(parsed.Errors);
        Assert.Matches(@"^\[\d+ minutes?\] ", parsed.CommandResult.Command.Description!);
    }

    private Task<HttpResponseMessage?> SendAsync(HttpClient client, HttpStatusCode expected) =>
        _failed.SendAsync(client, "GET /", new(HttpMethod.Get, "/"), Ct, expected);

    private string Written()
    {
        using var output = new StringWriter();
        _failed.Write(output);
        return output.ToString();
    }
}
