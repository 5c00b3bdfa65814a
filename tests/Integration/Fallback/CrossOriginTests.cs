using System.Net;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Fallback;

/// <summary>
/// Tests requests from pages of other origins. The expected headers are those with which a browser permits a request (Fetch standard,
/// "CORS protocol").
/// </summary>
public sealed class CrossOriginTests(CrossOriginTests.ShopCloud cloud) : IClassFixture<CrossOriginTests.ShopCloud>
{
    private const string Shop = "https://shop.example";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preflight_request_from_an_allowed_origin_is_permitted()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "api/cart/lines/mug");
        request.Headers.Add("Origin", Shop);
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        request.Headers.Add("Access-Control-Request-Headers", "content-type,idempotency-key");

        using var response = await cloud.Client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Shop, HeaderOf(response, "Access-Control-Allow-Origin"));
        Assert.Equal("true", HeaderOf(response, "Access-Control-Allow-Credentials"));
        Assert.Contains("PUT", HeaderOf(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("content-type,idempotency-key", HeaderOf(response, "Access-Control-Allow-Headers"));
        Assert.False(response.Headers.Contains("X-Cold-Start"));
    }

    [Theory]
    [InlineData("api/cart", 200)]
    [InlineData("api/orders", 401)]
    public async Task A_page_of_an_allowed_origin_can_read_responses_and_their_headers(string path, int status)
    {
        using var response = await GetAsync(path, Shop);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(Shop, HeaderOf(response, "Access-Control-Allow-Origin"));
        Assert.Equal("true", HeaderOf(response, "Access-Control-Allow-Credentials"));
        Assert.Contains("Consistency-Token", HeaderOf(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_read_responses()
    {
        using var response = await GetAsync("api/cart", "https://evil.example");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", origin);
        return await cloud.Client.SendAsync(request, Ct);
    }

    private static string HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";

    public sealed class ShopCloud : IAsyncLifetime
    {
        private LocalCloud _cloud = null!;

        public HttpClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _cloud = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    Settings = new Dictionary<string, string>
                    {
                        ["CORS_ALLOWED_ORIGINS"] = $"[\"{Shop}\"]",
                        ["CORS_SUPPORT_CREDENTIALS"] = "true",
                    },
                },
                Ct);
            Client = _cloud.CreateClient();
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await _cloud.DisposeAsync();
        }
    }
}
