using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Storage;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Unit.Http;

public sealed class ProblemGuardTests
{
    private static readonly Guid Invocation = Guid.Parse("7f3c9c52-6f0b-4d0e-9c4f-2f8a1b7f0a11");

    private readonly RecordingLogger<ProblemGuard> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thrown_problem_becomes_a_complete_problem_document()
    {
        await using var server = await ServeAsync(_ => throw new ProblemException(TooLarge));

        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(
            """{"type":"https://serverlessscale.dev/problems/image-too-large","title":"The image is too large","status":413,"""
            + "\"detail\":\"It's 30 bytes.\",\"instance\":\"urn:uuid:" + Invocation + "\",\"pointer\":\"/lines/0\","
            + "\"limit\":25,\"accepted\":[\"image/png\",\"image/webp\"],\"half\":0.5}",
            await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Returned_and_thrown_problems_produce_the_same_response()
    {
        await using var thrown = await ServeAsync(_ => throw new ProblemException(TooLarge));
        await using var returned = await ServeAsync(_ => Task.FromResult<IResult?>(TooLarge.ToResult()));

        using var first = await thrown.Client.GetAsync("/", Cancellation);
        using var second = await returned.Client.GetAsync("/", Cancellation);

        Assert.Equal(first.StatusCode, second.StatusCode);
        Assert.Equal(
            await first.Content.ReadAsStringAsync(Cancellation), await second.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task An_unexpected_exception_reveals_only_the_invocation_id()
    {
        await using var server = await ServeAsync(_ => throw new InvalidOperationException("AccountKey=secret"));

        using var response = await server.Client.GetAsync("/", Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains(Invocation.ToString(), body, StringComparison.Ordinal);
        Assert.Contains("internal-error", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.DoesNotContain("InvalidOperation", body, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Error, Assert.Single(_log.Entries).Level);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Storage_that_refuses_connections_causes_503(int retries)
    {
        var closedPort = await ClosedPortAsync();
        await using var server = await ServeAsync(async _ =>
        {
            await Blobs(closedPort, retries).GetBlobContainerClient("uploads").ExistsAsync(Cancellation);
            return Results.Ok();
        });

        await AssertUnavailableAsync(server);
    }

    [Fact]
    public async Task Contention_causes_503_with_problem_code_contention()
    {
        await using var server = await ServeAsync(_ => throw new ContentionException());

        using var response = await server.Client.GetAsync("/", Cancellation);

        await AssertProblemAsync(response, 503, "contention");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Storage_that_does_not_respond_in_time_causes_503(int retries)
    {
        await using var storage = await LocalHttpServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        await using var server = await ServeAsync(async _ =>
        {
            await Blobs(storage.Address, retries).GetBlobContainerClient("uploads").ExistsAsync(Cancellation);
            return Results.Ok();
        });

        await AssertUnavailableAsync(server);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_throttled_or_failing_storage_service_causes_503(int status)
    {
        await using var server = await ServeWithStorageStatusAsync(status);

        await AssertUnavailableAsync(server);
    }

    [Fact]
    public async Task Storage_that_denies_access_causes_500()
    {
        await using var server = await ServeWithStorageStatusAsync(403);

        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task A_body_above_the_server_limit_gets_413()
    {
        await using var server = await ServeAsync(async http =>
        {
            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = 10;
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            return Results.Ok();
        });

        using var content = new ByteArrayContent(new byte[11]);
        using var response = await server.Client.PostAsync("/", content, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("https://serverlessscale.dev/problems/request-too-large", await TypeAsync(response));
    }

    [Fact]
    public async Task A_cancelled_invocation_gets_503_with_Retry_After()
    {
        using var cancelled = new CancellationTokenSource();
        await using var server = await ServeCancellableAsync(
            async http =>
            {
                await cancelled.CancelAsync();
                cancelled.Token.ThrowIfCancellationRequested();
                return Results.Ok();
            },
            cancelled.Token);

        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("https://serverlessscale.dev/problems/invocation-cancelled", await TypeAsync(response));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_failure_after_the_response_started_aborts_the_connection()
    {
        var headersRead = new TaskCompletionSource();
        await using var server = await ServeAsync(_ => Task.FromResult<IResult?>(Results.Stream(async body =>
        {
            await body.WriteAsync(Encoding.UTF8.GetBytes("the first half"), Cancellation);
            await body.FlushAsync(Cancellation);

            // The client must read the headers first because a connection reset can discard data that the client has not read.
            await headersRead.Task.WaitAsync(Cancellation);
            throw new InvalidOperationException("The download from storage failed.");
        })));

        using var response = await server.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        headersRead.SetResult();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task A_client_disconnect_is_not_logged_as_a_failure()
    {
        var entered = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var server = await LocalHttpServer.StartAsync(async http =>
        {
            await new ProblemGuard(_log).RunAsync(
                http,
                async () =>
                {
                    entered.SetResult();
                    await Task.Delay(Timeout.Infinite, http.RequestAborted);
                    return Results.Ok();
                },
                CancellationToken.None);
            left.SetResult();
        });

        using var client = new CancellationTokenSource();
        var request = server.Client.GetAsync("/", client.Token);
        await entered.Task.WaitAsync(Cancellation);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await left.Task.WaitAsync(Cancellation);

        Assert.Equal(LogLevel.Debug, Assert.Single(_log.Entries).Level);
    }

    [Fact]
    public async Task A_problem_response_omits_headers_set_before_the_failure()
    {
        await using var server = await ServeAsync(http =>
        {
            http.Response.Headers.ETag = "\"1\"";
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            http.Response.Headers.Location = "/api/images/1";
            throw new ProblemException(TooLarge);
        });

        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Null(response.Headers.ETag);
        Assert.Null(response.Headers.Location);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData(null, "no-store")]
    [InlineData("no-cache", "no-cache")]
    public async Task A_response_without_Cache_Control_is_marked_no_store(string? set, string expected)
    {
        await using var server = await ServeAsync(http =>
        {
            http.Response.Headers.CacheControl = set;
            return Task.FromResult<IResult?>(Results.Text("hello"));
        });

        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Equal(expected, response.Headers.CacheControl?.ToString());
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static Problem TooLarge => new(413, "image-too-large", "The image is too large", "It's 30 bytes.")
    {
        Pointer = "/lines/0",
        RetryAfterSeconds = 7,
        Extensions = new Dictionary<string, object?>
        {
            ["limit"] = 25L,
            ["accepted"] = new[] { "image/png", "image/webp" },
            ["half"] = 0.5m,
        },
    };

    private Task<LocalHttpServer> ServeAsync(Func<HttpContext, Task<IResult?>> function) =>
        ServeCancellableAsync(function, CancellationToken.None);

    private Task<LocalHttpServer> ServeCancellableAsync(Func<HttpContext, Task<IResult?>> function, CancellationToken invocationCancelled) =>
        LocalHttpServer.StartAsync(http => RunGuardedAsync(http, function, invocationCancelled));

    private Task RunGuardedAsync(HttpContext http, Func<HttpContext, Task<IResult?>> function, CancellationToken invocationCancelled)
    {
        http.TraceIdentifier = Invocation.ToString();
        return new ProblemGuard(_log).RunAsync(http, () => function(http), invocationCancelled);
    }

    private async Task<LocalHttpServer> ServeWithStorageStatusAsync(int status)
    {
        var storage = await LocalHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        return await ServeAsync(async _ =>
        {
            await using (storage)
            {
                var tables = new TableServiceClient(
                    new Uri(storage.Address, "account"), new TableSharedKeyCredential("account", Convert.ToBase64String(new byte[32])), WithShortTimeouts(new TableClientOptions(), 1));
                await tables.GetTableClient("Things").GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation);
            }

            return Results.Ok();
        });
    }

    private async Task AssertUnavailableAsync(LocalHttpServer server)
    {
        using var response = await server.Client.GetAsync("/", Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("https://serverlessscale.dev/problems/dependency-unavailable", await TypeAsync(response));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Entries).Level);
    }

    private static BlobServiceClient Blobs(Uri address, int retries) =>
        new(new Uri(address, "account"), WithShortTimeouts(new BlobClientOptions(), retries));

    private static TOptions WithShortTimeouts<TOptions>(TOptions options, int retries)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = retries;
        options.Retry.Mode = RetryMode.Fixed;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(300);
        return options;
    }

    private static async Task<Uri> ClosedPortAsync()
    {
        await using var server = await LocalHttpServer.StartAsync(_ => Task.CompletedTask);
        return server.Address;
    }

    private static async Task<string?> TypeAsync(HttpResponseMessage response)
    {
        using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation);
        return document.RootElement.GetProperty("type").GetString();
    }
}
