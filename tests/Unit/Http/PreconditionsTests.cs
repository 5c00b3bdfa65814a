using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Unit.Http;

/// <summary>
/// Tests a file with the validators <c>"xyzzy"</c> and <c>Sat, 29 Oct 1994 19:43:31 GMT</c> and the 10 bytes <c>0123456789</c>. The header
/// values are from the examples in RFC 9110, and the expected results follow from sections 13 and 14. In the test data, line breaks
/// separate the headers of a request.
/// </summary>
public sealed class PreconditionsTests
{
    private const string Same = "Sat, 29 Oct 1994 19:43:31 GMT";
    private const string Earlier = "Sat, 29 Oct 1994 19:43:30 GMT";
    private const string Later = "Sat, 29 Oct 1994 19:43:32 GMT";
    private const string Rfc850 = "Saturday, 29-Oct-94 19:43:31 GMT";
    private const string Asctime = "Sat Oct 29 19:43:31 1994";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    // Section 13.1.1: If-Match uses the strong comparison.
    [InlineData("If-Match: \"xyzzy\"", 200)]
    [InlineData("If-Match: \"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", 200)]
    [InlineData("If-Match: \"r2d2xxxx\"\nIf-Match: \"xyzzy\"", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: \"r2d2xxxx\", \"c3piozzzz\"", 412)]
    [InlineData("If-Match: W/\"xyzzy\"", 412)]
    [InlineData("If-Match: xyzzy", 412)]
    // Section 13.1.2: If-None-Match uses the weak comparison.
    [InlineData("If-None-Match: \"xyzzy\"", 304)]
    [InlineData("If-None-Match: W/\"xyzzy\"", 304)]
    [InlineData("If-None-Match: W/\"r2d2xxxx\", W/\"xyzzy\"", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"r2d2xxxx\", \"c3piozzzz\"", 200)]
    [InlineData("If-None-Match: xyzzy", 200)]
    // Section 13.1.3: a value that is not a single date is ignored.
    [InlineData("If-Modified-Since: " + Same, 304)]
    [InlineData("If-Modified-Since: " + Rfc850, 304)]
    [InlineData("If-Modified-Since: " + Asctime, 304)]
    [InlineData("If-Modified-Since: " + Later, 304)]
    [InlineData("If-Modified-Since: " + Earlier, 200)]
    [InlineData("If-Modified-Since: yesterday", 200)]
    [InlineData("If-Modified-Since: " + Same + "\nIf-Modified-Since: " + Same, 200)]
    // Section 13.1.4.
    [InlineData("If-Unmodified-Since: " + Same, 200)]
    [InlineData("If-Unmodified-Since: " + Later, 200)]
    [InlineData("If-Unmodified-Since: " + Earlier, 412)]
    [InlineData("If-Unmodified-Since: yesterday", 200)]
    // Section 13.2.2: the order of evaluation.
    [InlineData("If-None-Match: \"xyzzy\"\nIf-Modified-Since: " + Earlier, 304)]
    [InlineData("If-None-Match: \"r2d2xxxx\"\nIf-Modified-Since: " + Same, 200)]
    [InlineData("If-Match: \"xyzzy\"\nIf-None-Match: \"xyzzy\"", 304)]
    [InlineData("If-Match: \"r2d2xxxx\"\nIf-None-Match: \"xyzzy\"", 412)]
    [InlineData("If-Match: \"xyzzy\"\nIf-Unmodified-Since: " + Earlier, 200)]
    [InlineData("If-Match: \"r2d2xxxx\"\nIf-Unmodified-Since: " + Same, 412)]
    [InlineData("If-Match: \"xyzzy\"\nIf-Modified-Since: " + Same, 304)]
    [InlineData("If-Unmodified-Since: " + Same + "\nIf-None-Match: \"xyzzy\"", 304)]
    [InlineData("If-Unmodified-Since: " + Earlier + "\nIf-None-Match: \"xyzzy\"", 412)]
    [InlineData("If-Unmodified-Since: " + Same + "\nIf-Modified-Since: " + Same, 304)]
    // Step 5 follows the other steps.
    [InlineData("If-None-Match: \"xyzzy\"\nRange: bytes=0-4", 304)]
    [InlineData("If-Match: \"r2d2xxxx\"\nRange: bytes=10-", 412)]
    public async Task Preconditions_are_evaluated_in_the_order_of_RFC_9110(string headers, int status)
    {
        foreach (var method in (string[])["GET", "HEAD"])
        {
            await using var server = await ServeAsync();
            using var response = await SendAsync(server, method, headers);

            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(status == 412 ? null : "\"xyzzy\"", response.Headers.ETag?.Tag);
            Assert.Equal(status == 200 && method == "GET" ? "0123456789".Length : 0, status == 412 ? 0 : (await BytesAsync(response)).Length);
        }
    }

    [Theory]
    // Section 14.1.2: the examples of byte ranges, for a file of 10 bytes.
    [InlineData("Range: bytes=0-4", 206, "bytes 0-4/10", "01234")]
    [InlineData("Range: bytes=5-9", 206, "bytes 5-9/10", "56789")]
    [InlineData("Range: bytes=-5", 206, "bytes 5-9/10", "56789")]
    [InlineData("Range: bytes=7-", 206, "bytes 7-9/10", "789")]
    [InlineData("Range: bytes=0-0", 206, "bytes 0-0/10", "0")]
    [InlineData("Range: bytes=-1", 206, "bytes 9-9/10", "9")]
    [InlineData("Range: bytes=-500", 206, "bytes 0-9/10", "0123456789")]
    [InlineData("Range: bytes=8-500", 206, "bytes 8-9/10", "89")]
    [InlineData("Range: bytes=8-99999999999999999999", 206, "bytes 8-9/10", "89")]
    [InlineData("Range: BYTES=8-", 206, "bytes 8-9/10", "89")]
    [InlineData("Range: bytes=10-", 416, "bytes */10", null)]
    [InlineData("Range: bytes=99999999999999999999-", 416, "bytes */10", null)]
    [InlineData("Range: bytes=-0", 416, "bytes */10", null)]
    // Section 14.2: unknown units, invalid ranges and several ranges may be ignored.
    [InlineData("Range: lines=0-4", 200, null, "0123456789")]
    [InlineData("Range: exampleunit=1.2-4.3", 200, null, "0123456789")]
    [InlineData("Range: bytes=4-0", 200, null, "0123456789")]
    [InlineData("Range: bytes=-", 200, null, "0123456789")]
    [InlineData("Range: bytes=a-b", 200, null, "0123456789")]
    [InlineData("Range: bytes=0-1,8-9", 200, null, "0123456789")]
    [InlineData("Range: 0-4", 200, null, "0123456789")]
    // Section 13.1.5: If-Range needs a strong validator that is exactly the current one.
    [InlineData("Range: bytes=0-4\nIf-Range: \"xyzzy\"", 206, "bytes 0-4/10", "01234")]
    [InlineData("Range: bytes=0-4\nIf-Range: " + Same, 206, "bytes 0-4/10", "01234")]
    [InlineData("Range: bytes=0-4\nIf-Range: \"r2d2xxxx\"", 200, null, "0123456789")]
    [InlineData("Range: bytes=0-4\nIf-Range: W/\"xyzzy\"", 200, null, "0123456789")]
    [InlineData("Range: bytes=0-4\nIf-Range: *", 200, null, "0123456789")]
    [InlineData("Range: bytes=0-4\nIf-Range: " + Earlier, 200, null, "0123456789")]
    [InlineData("Range: bytes=0-4\nIf-Range: " + Later, 200, null, "0123456789")]
    [InlineData("Range: bytes=0-4\nIf-Range: nonsense", 200, null, "0123456789")]
    [InlineData("Range: bytes=10-\nIf-Range: \"r2d2xxxx\"", 200, null, "0123456789")]
    [InlineData("If-Range: \"xyzzy\"", 200, null, "0123456789")]
    public async Task Ranges_are_served_as_RFC_9110_defines(string headers, int status, string? contentRange, string? body)
    {
        await using var server = await ServeAsync();
        using var response = await SendAsync(server, "GET", headers);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
        if (body is null)
        {
            await AssertProblemAsync(response, status, "range-not-satisfiable", "Range");
            return;
        }

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Equal(Same, response.Content.Headers.GetValues("Last-Modified").Single());
    }

    [Theory]
    [InlineData("Range: bytes=0-4")]
    [InlineData("Range: bytes=10-")]
    [InlineData("Range: bytes=0-4\nIf-Range: \"xyzzy\"")]
    public async Task A_HEAD_request_ignores_Range(string headers)
    {
        await using var server = await ServeAsync();
        using var response = await SendAsync(server, "HEAD", headers);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Null(response.Content.Headers.ContentRange);
    }

    [Theory]
    [InlineData("If-None-Match: \"xyzzy\"")]
    [InlineData("If-None-Match: *")]
    [InlineData("If-Match: \"xyzzy\"\nIf-None-Match: W/\"xyzzy\"")]
    public async Task If_None_Match_that_matches_makes_a_write_fail(string headers)
    {
        await using var server = await LocalHttpServer.StartAsync(
            http => Preconditions.Evaluate(http.Request, new EntityTagHeaderValue("\"xyzzy\""))!.ExecuteAsync(http));
        using var response = await SendAsync(server, "PATCH", headers);

        await AssertProblemAsync(response, 412, "precondition-failed", "If-None-Match");
    }

    private static Task<LocalHttpServer> ServeAsync() => LocalHttpServer.StartAsync(http => new RangeResult
    {
        Content = new MemoryStream([.. "0123456789"u8]),
        ContentType = "image/webp",
        ETag = new EntityTagHeaderValue("\"xyzzy\""),
        // A store can return fractions of a second, which an HTTP date cannot contain.
        LastModified = new DateTimeOffset(1994, 10, 29, 19, 43, 31, 400, TimeSpan.Zero),
    }.ExecuteAsync(http));

    private static async Task<HttpResponseMessage> SendAsync(LocalHttpServer server, string method, string headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        foreach (var header in headers.Split('\n').Select(line => line.Split(": ", 2)).GroupBy(pair => pair[0], pair => pair[1]))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(header.Key, header));
        }

        return await server.Client.SendAsync(request, Ct);
    }

    private static Task<byte[]> BytesAsync(HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync(Ct);
}
