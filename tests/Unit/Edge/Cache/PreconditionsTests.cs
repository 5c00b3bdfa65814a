using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Cache;
using ServerlessScale.Tests.Unit.Edge.Logic;

namespace ServerlessScale.Tests.Unit.Edge.Cache;

/// <summary>
/// The expected statuses follow from RFC 9110 sections 13.2.2 and 14.2. The stored response has 10 bytes, the ETag "v1", and was modified on
/// 23 November and generated on 25 November.
/// </summary>
public sealed class PreconditionsTests
{
    private const string Modified = "Mon, 23 Nov 2026 00:00:00 GMT";
    private const string Before = "Sun, 22 Nov 2026 00:00:00 GMT";
    private const string After = "Tue, 24 Nov 2026 00:00:00 GMT";
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("If-None-Match: \"v1\"", 304)]
    [InlineData("If-None-Match: W/\"v1\"", 304)]
    [InlineData("If-None-Match: \"v0\", \"v1\"", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"v2\"", 200)]
    [InlineData($"If-Modified-Since: {Modified}", 304)]
    [InlineData($"If-Modified-Since: {Before}", 200)]
    [InlineData("If-Modified-Since: yesterday", 200)]
    [InlineData($"If-None-Match: \"v1\"\nIf-Modified-Since: {Before}", 304)]
    [InlineData($"If-None-Match: \"v2\"\nIf-Modified-Since: {After}", 200)]
    [InlineData("If-Match: \"v1\"", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: W/\"v1\"", 412)]
    [InlineData("If-Match: \"v2\"", 412)]
    [InlineData($"If-Unmodified-Since: {Before}", 412)]
    [InlineData($"If-Unmodified-Since: {After}", 200)]
    [InlineData($"If-Match: \"v1\"\nIf-Unmodified-Since: {Before}", 200)]
    [InlineData("If-Match: \"v1\"\nIf-None-Match: \"v1\"", 304)]
    [InlineData("If-Match: \"v2\"\nIf-None-Match: \"v1\"", 412)]
    [InlineData("Range: bytes=0-3\nIf-None-Match: \"v1\"", 304)]
    public void Preconditions_are_evaluated_in_the_order_of_RFC_9110(string headers, int status) =>
        Assert.Equal(status, Evaluate("GET", headers).Status);

    [Theory]
    [InlineData("bytes=0-3", 206, 0, 4)]
    [InlineData("bytes=4-", 206, 4, 6)]
    [InlineData("bytes=-3", 206, 7, 3)]
    [InlineData("bytes=-99", 206, 0, 10)]
    [InlineData("bytes=8-99", 206, 8, 2)]
    [InlineData("BYTES=0-0", 206, 0, 1)]
    [InlineData("bytes=10-", 416, 0, 0)]
    [InlineData("bytes=-0", 416, 0, 0)]
    [InlineData("items=0-3", 200, 0, 10)]
    [InlineData("bytes=3-0", 200, 0, 10)]
    [InlineData("bytes=x", 200, 0, 10)]
    [InlineData("bytes=0-1,4-5", 200, 0, 10)]
    [InlineData("bytes=0-3\nIf-Range: \"v1\"", 206, 0, 4)]
    [InlineData("bytes=0-3\nIf-Range: \"v2\"", 200, 0, 10)]
    [InlineData("bytes=0-3\nIf-Range: W/\"v1\"", 200, 0, 10)]
    [InlineData($"bytes=0-3\nIf-Range: {Modified}", 206, 0, 4)]
    [InlineData($"bytes=0-3\nIf-Range: {After}", 200, 0, 10)]
    [InlineData("bytes=0-3\nIf-Range: nonsense", 200, 0, 10)]
    public void A_range_is_served_only_if_valid_and_the_representation_is_unchanged(string range, int status, int start, int length) =>
        Assert.Equal(new Preconditions.Selection(status, start, length), Evaluate("GET", $"Range: {range}"));

    [Fact]
    public void A_range_on_HEAD_is_ignored() => Assert.Equal(200, Evaluate("HEAD", "Range: bytes=0-3").Status);

    [Fact]
    public void Preconditions_are_ignored_if_the_stored_response_is_not_successful() =>
        Assert.Equal(410, Evaluate("GET", "If-None-Match: *\nRange: bytes=0-3", 410).Status);

    [Fact]
    public void A_response_without_a_modification_date_is_compared_by_its_Date()
    {
        var request = Requests.Context("GET /a", 40000, $"If-Modified-Since: {Now:r}").Request;

        Assert.Equal(304, Preconditions.Evaluate(request, Stored(200, []), null, 10).Status);
    }

    private static Preconditions.Selection Evaluate(string method, string headers, int status = 200)
    {
        var stored = Stored(status, new() { ["ETag"] = "\"v1\"", ["Last-Modified"] = Modified });
        return Preconditions.Evaluate(Requests.Context($"{method} /a", 40000, headers.Split('\n')).Request, stored, stored.ETag, 10);
    }

    private static StoredResponse Stored(int status, HeaderDictionary headers) =>
        new(new(status, headers, new byte[10]), Caching.With(), Now, new(TimeSpan.FromMinutes(1), null));
}
