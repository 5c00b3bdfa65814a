using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>Tests that the host handles HTTP requests as the host in Azure does.</summary>
public sealed class HttpFrontEndTests(ProbeHost probe) : IClassFixture<ProbeHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chunked_body_reaches_the_function_while_being_sent()
    {
        using var upload = new OpenContent();
        var responding = probe.Http.PostAsync("probe/uploads/open", upload, Ct);
        await upload.WriteAsync(new byte[100_000]);

        // HttpClient flushes its 4 KB write buffer only when the buffer is full, so it may not have sent the last bytes.
        await Eventually.TrueAsync(async () => await ReceivedAsync() >= 96_000, "the first bytes arrive");
        Assert.False(responding.IsCompleted);

        await upload.WriteAsync(new byte[500]);
        upload.Complete();
        using var response = await responding;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(100_500, await ReceivedAsync());

        async Task<long> ReceivedAsync() =>
            long.Parse(await probe.Http.GetStringAsync("probe/uploads/open", Ct), CultureInfo.InvariantCulture);
    }

    // Observed in Azure Functions host 4.1037. The host buffers such a body, and its memory grew by more than four times the body's size.
    [Fact]
    public async Task A_body_with_Content_Length_reaches_the_function_only_when_complete()
    {
        using var upload = new OpenContent { Length = 100_500 };
        var responding = probe.Http.PostAsync("probe/uploads/whole", upload, Ct);
        await upload.WriteAsync(new byte[100_000]);
        Assert.Equal("0", await probe.Http.GetStringAsync("probe/uploads/whole", Ct));

        await upload.WriteAsync(new byte[500]);
        upload.Complete();
        using var response = await responding;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("100500", await probe.Http.GetStringAsync("probe/uploads/whole", Ct));
    }

    [Fact]
    public async Task A_malformed_chunk_size_gets_an_empty_500()
    {
        using var client = await RawClient.ConnectAsync(probe.Host.Address);

        await client.SendAsync("POST /probe/uploads/bad HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 500 ", response, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3\r\nabc\r\nnonsense\r\n", "A chunk size is malformed.")]
    [InlineData("3\r\nabc\r\n", "The client disconnects before the end of the body.")]
    public async Task An_incomplete_body_is_not_logged_as_an_error(string body, string because)
    {
        using var log = new HostLog();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        await using var own = new ProbeHost { Loggers = loggers };
        await own.InitializeAsync();

        using (var client = await RawClient.ConnectAsync(own.Host.Address))
        {
            await client.SendAsync($"POST /probe/uploads/bad HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
            await Eventually.TrueAsync(() => Task.FromResult(Logged("FunctionHost: Executing Upload ")), "the function is called");
        }

        await Eventually.TrueAsync(() => Task.FromResult(Logged("FunctionHost: Upload was cancelled after ")), "the invocation has ended");
        var errors = log.Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text).ToList();
        Assert.True(errors.Count == 0, $"{because} The log contains: {string.Join('\n', errors)}");

        bool Logged(string start) => log.Entries.Any(entry => entry.Text.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_worker_logs_no_errors_about_disconnecting_clients()
    {
        const int Clients = 100;
        using var log = new HostLog();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        await using var own = new ProbeHost { Loggers = loggers };
        await own.InitializeAsync();

        for (var number = 0; number < Clients; number++)
        {
            using var client = await RawClient.ConnectAsync(own.Host.Address);
            await client.SendAsync("GET /probe/text HTTP/1.1\r\nHost: x\r\n\r\n");
            client.EndSending();
        }

        (await own.Http.GetAsync("probe/text", Ct)).Dispose();
        await Eventually.TrueAsync(
            () => Task.FromResult(
                Count("FunctionHost: Executing ")
                == Count("FunctionHost: Executed Text") + Count("FunctionHost: Text was cancelled after ") + Count("FunctionHost: Text ended with status ")),
            "all invocations have ended");
        Assert.Empty(
            from entry in log.Entries
            where entry.Level >= LogLevel.Warning && entry.Text.StartsWith("Microsoft.Azure.Functions.Worker.", StringComparison.Ordinal)
            select entry.Text);

        int Count(string start) => log.Entries.Count(entry => entry.Text.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CONNECT_gets_an_empty_500_without_a_call()
    {
        using var log = new HostLog();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log));
        await using var own = new ProbeHost { Loggers = loggers };
        await own.InitializeAsync();
        using var client = await RawClient.ConnectAsync(own.Host.Address);

        await client.SendAsync("CONNECT /probe/overlap/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        var response = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 500 ", response, StringComparison.Ordinal);
        Assert.DoesNotContain(log.Entries, entry => entry.Text.StartsWith("FunctionHost: Executing", StringComparison.Ordinal) || entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_response_reaches_the_client_while_being_written()
    {
        using var response = await probe.Http.GetAsync("probe/halves/open", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        var first = new byte["first ".Length];
        await body.ReadExactlyAsync(first, Ct);
        Assert.Equal("first "u8.ToArray(), first);

        (await probe.Http.PostAsync("probe/halves/open", null, Ct)).Dispose();
        using var rest = new StreamReader(body);
        Assert.Equal("second", await rest.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task HEAD_returns_the_headers_of_GET_without_a_body()
    {
        using var response = await probe.Http.SendAsync(new(HttpMethod.Head, "probe/text"), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task A_range_request_gets_partial_content()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "probe/text") { Headers = { Range = new RangeHeaderValue(2, 4) } };
        using var response = await probe.Http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("bytes 2-4/10", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal("234", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_request_with_a_matching_ETag_gets_304()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "probe/text") { Headers = { IfNoneMatch = { new("\"probe\"") } } };
        using var response = await probe.Http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Theory]
    [InlineData("probe/items/7", "7:-")]
    [InlineData("probe/items/7/shoe", "7:shoe")]
    [InlineData("probe/items/7/sh%20oe", "7:sh oe")]
    public async Task Route_parameters_reach_the_function(string path, string expected) =>
        Assert.Equal(expected, await probe.Http.GetStringAsync(path, Ct));

    [Theory]
    [InlineData("probe/items/seven", "a violated route constraint")]
    [InlineData("probe/items/0", "a violated route constraint")]
    [InlineData("items/7", "a missing route prefix")]
    [InlineData("probe/nothing", "an unknown route")]
    [InlineData("probe/disabled", "a function disabled by its setting")]
    public async Task A_request_whose_path_does_not_match_any_function_gets_404(string path, string because)
    {
        using var response = await probe.Http.GetAsync(path, Ct);

        Assert.True(response.StatusCode == HttpStatusCode.NotFound, because);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public async Task A_request_whose_method_does_not_match_any_function_gets_404(string method)
    {
        using var response = await probe.Http.SendAsync(new(new HttpMethod(method), "probe/text"), Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(response.Content.Headers.Allow);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Ct));
    }

    // Observed in Azure Functions host 4.1037: a function with a catch-all route received requests meant for functions with more specific
    // routes, because the name of the catch-all function sorts first.
    [Fact]
    public async Task Overlapping_routes_are_matched_in_order_of_function_names() =>
        Assert.Equal("first by name", await probe.Http.GetStringAsync("probe/overlap/exact", Ct));

    [Fact]
    public async Task A_function_without_listed_methods_receives_requests_with_any_method()
    {
        using var response = await probe.Http.SendAsync(new(new HttpMethod("PURGE"), "probe/overlap/any"), Ct);

        Assert.Equal("first by name", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_client_disconnect_cancels_the_invocation()
    {
        var before = await CancelledAsync();
        using (var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(300)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.Http.GetAsync("probe/hang", leaving.Token));
        }

        await Eventually.TrueAsync(async () => await CancelledAsync() == before + 1, "the function is cancelled");

        async Task<int> CancelledAsync() =>
            int.Parse(await probe.Http.GetStringAsync("probe/cancelled", Ct), CultureInfo.InvariantCulture);
    }

    // Recorded from Azure's host 4.1037. Its own page has 150 KB.
    [Fact]
    public async Task The_home_page_can_be_disabled()
    {
        await using var own = new ProbeHost { Settings = { ["AzureWebJobsDisableHomepage"] = "true" } };
        await own.InitializeAsync();

        using var page = await probe.Http.GetAsync("", Ct);
        using var none = await own.Http.GetAsync("", Ct);

        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
    }

    [Fact]
    public async Task The_body_limit_can_be_lowered()
    {
        await using var own = new ProbeHost { Settings = { ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "1000" } };
        await own.InitializeAsync();

        using var small = await own.Http.PostAsync("probe/uploads/small", new ByteArrayContent(new byte[1000]), Ct);
        using var large = await own.Http.PostAsync("probe/uploads/large", new ByteArrayContent(new byte[1001]), Ct);

        Assert.Equal(HttpStatusCode.NoContent, small.StatusCode);
        Assert.Equal((HttpStatusCode.InternalServerError, 0), (large.StatusCode, large.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Requests_run_concurrently()
    {
        // If the requests ran one after another, they would take 40 seconds and exceed the time limit.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var bodies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => probe.Http.GetStringAsync("probe/slow", limit.Token)));

        Assert.All(bodies, body => Assert.Equal("done", body));
    }

    [Fact]
    public async Task The_function_receives_the_invocation_id_in_a_header()
    {
        using var response = await probe.Http.GetAsync("probe/headers", Ct);

        var seen = await ReadJsonAsync(response);
        Assert.Equal(seen.GetProperty("invocationId").GetString(), seen.GetProperty("header").GetString());
    }

    private static async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
}
