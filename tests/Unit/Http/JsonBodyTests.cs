using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Images;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Tests.Unit.Http;

public sealed class JsonBodyTests
{
    [Fact]
    public async Task A_valid_JSON_body_is_deserialized()
    {
        var outcome = await ReadAsync("""{"contentType":"image/jpeg","bytes":12}""");

        Assert.Equal(new UploadRequest { ContentType = "image/jpeg", Bytes = 12 }, outcome.Value);
    }

    [Theory]
    [InlineData("", 400, "empty-body", null)]
    [InlineData("{", 400, "malformed-json", null)]
    [InlineData("not json", 400, "malformed-json", null)]
    [InlineData("""{"bytes":1,"bytes":2}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"bytes":1,"\u0062ytes":2}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"x":[1,{"a/b":{"c":1,"c":2}}]}""", 422, "invalid-body", "/x/1/a~1b/c")]
    [InlineData("null", 422, "invalid-body", "")]
    [InlineData("[]", 422, "invalid-body", "")]
    [InlineData("""{"contentType":"image/jpeg"}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"bytes":1}""", 422, "invalid-body", "/contentType")]
    [InlineData("""{"contentType":"image/jpeg","bytes":"12"}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"contentType":"image/jpeg","bytes":1.5}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"contentType":"image/jpeg","bytes":99999999999999999999}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"contentType":"image/jpeg","bytes":null}""", 422, "invalid-body", "/bytes")]
    [InlineData("""{"contentType":null,"bytes":1}""", 422, "invalid-body", "/contentType")]
    [InlineData("""{"contentType":{},"bytes":1}""", 422, "invalid-body", "/contentType")]
    [InlineData("""{"contentType":"image/jpeg","bytes":1,"a/b~c":1}""", 422, "invalid-body", "/a~1b~0c")]
    [InlineData("""{"contentType":"\ud800","bytes":1}""", 422, "invalid-body", "/contentType")]
    [InlineData("""{"\ud800":1}""", 400, "malformed-json", null)]
    [InlineData("""{"\ud800":1,"\ud801":1}""", 400, "malformed-json", null)]
    public async Task The_problem_for_an_invalid_body_points_to_the_error(string json, int status, string code, string? pointer)
    {
        var problem = (await ReadAsync(json)).Problem;

        Assert.Equal((status, code, pointer), (problem?.Status, problem?.Code, problem?.Pointer));
        Assert.DoesNotContain("ServerlessScale", problem?.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem?.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_problem_for_invalid_UTF8_points_to_the_string()
    {
        var outcome = await ReadAsync("", request => request.Body = new MemoryStream([.. "{\"contentType\":\""u8, 0xff, .. "\",\"bytes\":1}"u8]));

        Assert.Equal(("invalid-body", "/contentType"), (outcome.Problem?.Code, outcome.Problem?.Pointer));
    }

    [Theory]
    [InlineData("{\"\u00ff\":1}")]
    [InlineData("{\"\u00ff\":1,\"\u00fe\":2}")]
    [InlineData("{\"contentType\":{\"a\\n\u00c0\u00af\":1},\"bytes\":1}")]
    [InlineData("{\"unknown\":[{\"\u00ed\u00a0\u0080\":1}]}")]
    public async Task A_member_name_that_is_invalid_UTF8_makes_the_JSON_malformed(string latin1)
    {
        var outcome = await ReadAsync("", request => request.Body = new MemoryStream(Encoding.Latin1.GetBytes(latin1)));

        Assert.Equal((400, "malformed-json", null), (outcome.Problem?.Status, outcome.Problem?.Code, outcome.Problem?.Pointer));
    }

    [Theory]
    [InlineData("""{"contentType":"image/jpeg","bytes":null}""", "The value must not be null. It must be an integer.")]
    [InlineData("""{"contentType":null,"bytes":1}""", "The value must not be null. It must be a string of valid Unicode.")]
    public async Task The_problem_for_a_null_says_that_null_is_not_allowed(string json, string detail) =>
        Assert.Equal(detail, (await ReadAsync(json)).Problem?.Detail);

    [Fact]
    public async Task A_large_body_is_rejected_with_or_without_Content_Length()
    {
        var large = $$"""{"contentType":"{{new string('x', JsonBody.MaxBytes)}}","bytes":1}""";

        Assert.Equal("body-too-large", (await ReadAsync(large)).Problem?.Code);
        Assert.Equal("body-too-large", (await ReadAsync(large, request => request.ContentLength = large.Length)).Problem?.Code);
    }

    [Fact]
    public async Task A_content_type_other_than_JSON_is_rejected() =>
        Assert.Equal(415, (await ReadAsync("{}", request => request.ContentType = "text/plain")).Problem?.Status);

    private static Task<Outcome<UploadRequest>> ReadAsync(string json, Action<HttpRequest>? configure = null)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = "application/json";
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(json));
        configure?.Invoke(request);
        return JsonBody.ReadAsync(request, ImageResponsesJson.Default.UploadRequest, TestContext.Current.CancellationToken);
    }
}
