using System.Net.Http.Headers;
using System.Text;
using ServerlessScale.Local;
using static ServerlessScale.Tests.ProblemAssertions;

namespace ServerlessScale.Tests.Integration.Storage;

/// <summary>
/// Tests operations while the worker's storage account accepts connections and never responds. Short time limits keep the tests fast. A
/// unit test checks the limits that the app has by default.
/// </summary>
public sealed class HangingStorageTests(HangingStorageTests.HangingCloud cloud) : IClassFixture<HangingStorageTests.HangingCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "api/cart", null)]
    [InlineData("PUT", "api/cart/lines/mug", """{"quantity":1,"unitPrice":1,"currency":"EUR"}""")]
    [InlineData("POST", "api/cart/checkout", null)]
    [InlineData("GET", "api/orders", null)]
    [InlineData("GET", "api/orders/ord_202611xn1me8q63jemtycymajq62e", null)]
    [InlineData("POST", "api/orders", """{"currency":"EUR","lines":[{"sku":"mug","quantity":1,"unitPrice":1}]}""")]
    [InlineData("GET", "api/webhooks/endpoints", null)]
    [InlineData("POST", "api/webhooks/endpoints", """{"url":"https://8.8.8.8/"}""")]
    [InlineData("POST", "api/uploads", """{"contentType":"image/jpeg","bytes":10}""")]
    [InlineData("GET", "api/cold-starts", null)]
    public async Task An_operation_gets_503_when_storage_never_responds(string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(new(method), path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };

        await AssertUnavailableAsync(request);
    }

    [Fact]
    public async Task An_image_upload_gets_503_when_storage_never_responds()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/images")
        {
            // The size makes the app store several blocks.
            Content = new ByteArrayContent([0xff, 0xd8, 0xff, .. new byte[5_000_000]]) { Headers = { ContentType = new("image/jpeg") } },
        };

        await AssertUnavailableAsync(request);
    }

    private async Task AssertUnavailableAsync(HttpRequestMessage request)
    {
        using var client = cloud.CreateClient();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cloud.Token);
        request.Headers.Add("Idempotency-Key", "k1");
        request.Headers.Add("Cookie", $"sid={new string('A', 43)}");

        using var response = await client.SendAsync(request, Ct);

        await AssertProblemAsync(response, 503, "dependency-unavailable");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    public sealed class HangingCloud : IAsyncLifetime
    {
        private readonly SilentServer _storage = new();
        private LocalCloud _cloud = null!;

        public string Token => _cloud.Token();

        public HttpClient CreateClient() => _cloud.CreateClient();

        public async ValueTask InitializeAsync()
        {
            var account = $"http://127.0.0.1:{_storage.Port}/account";
            _cloud = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    WorkerSettings = new Dictionary<string, string>
                    {
                        ["AzureWebJobsStorage"] = $"AccountName=account;AccountKey={Convert.ToBase64String(new byte[64])};"
                            + $"BlobEndpoint={account};QueueEndpoint={account};TableEndpoint={account}",
                        ["StorageCalls__AttemptTimeout"] = "00:00:00.2",
                        ["StorageCalls__RequestLimit"] = "00:00:00.5",
                    },
                },
                Ct);
        }

        public async ValueTask DisposeAsync()
        {
            await _cloud.DisposeAsync();
            _storage.Dispose();
        }
    }
}
