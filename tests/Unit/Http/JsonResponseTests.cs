using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Images;

namespace ServerlessScale.Tests.Unit.Http;

public sealed class JsonResponseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_and_URLs_are_not_escaped_in_JSON()
    {
        const string Url = "https://a.blob.core.windows.net/uploads/1?sv=2026&sig=a%2Bb+c/d==";
        await using var server = await LocalHttpServer.StartAsync(http => JsonResponse.Of(
            new UploadOffered("1", new Uri(Url), DateTimeOffset.UnixEpoch, new Dictionary<string, string>()),
            ImageResponsesJson.Default.UploadOffered,
            statusCode: 201).ExecuteAsync(http));

        using var response = await server.Client.GetAsync("/", Ct);

        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains($"\"{Url}\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_are_escaped_in_JSON()
    {
        await using var server = await LocalHttpServer.StartAsync(http => JsonResponse.Of(
            new ImageLinks("\u001b[31m\"\0"), ImageResponsesJson.Default.ImageLinks).ExecuteAsync(http));

        Assert.Equal("""{"self":"\u001B[31m\"\u0000"}""", await server.Client.GetStringAsync("/", Ct));
    }
}
