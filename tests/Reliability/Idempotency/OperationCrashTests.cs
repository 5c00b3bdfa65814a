using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Idempotency;

/// <summary>
/// Kills the worker at every request that it sends to storage during one operation, once before and once after storage has processed the
/// request. The client then repeats its request with the same idempotency key until it gets a response.
/// </summary>
public sealed class OperationCrashTests(OperationCrashCloud cloud) : IClassFixture<OperationCrashCloud>
{
    private const string Endpoints = "api/webhooks/endpoints";
    private const string Endpoint = """{"url":"https://93.184.215.14/hook"}""";

    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_crash_creates_no_second_endpoint() => CrashEverywhereAsync(
        least: 4,
        _ => Task.FromResult(Endpoints),
        () => Json(Endpoint),
        async (client, response) =>
        {
            var listed = Assert.Single((await GetAsync(client, Endpoints)).GetProperty("endpoints").EnumerateArray());
            Assert.Equal(listed.GetProperty("id").GetString(), response.GetProperty("id").GetString());
            Assert.StartsWith("whsec_", response.GetProperty("secret").GetString(), StringComparison.Ordinal);
        });

    [Fact]
    public Task A_crash_rotates_a_secret_only_once() => CrashEverywhereAsync(
        least: 4,
        async client => $"{Endpoints}/{(await CreateEndpointAsync(client)).GetProperty("id").GetString()}/rotate-secret",
        () => null,
        async (client, response) =>
        {
            var stored = await cloud.StoredEndpointAsync(response.GetProperty("id").GetString()!);
            Assert.DoesNotContain("\"older\"", stored, StringComparison.Ordinal);
            Assert.Contains("\"rotationId\"", stored, StringComparison.Ordinal);
            Assert.Equal(
                response.GetProperty("previousSecretUntil").GetDateTimeOffset(),
                Assert.Single((await GetAsync(client, Endpoints)).GetProperty("endpoints").EnumerateArray()).GetProperty("previousSecretUntil").GetDateTimeOffset());
        });

    [Fact]
    public Task A_crash_sends_no_second_test_event() => CrashEverywhereAsync(
        least: 5,
        async client => $"{Endpoints}/{(await CreateEndpointAsync(client)).GetProperty("id").GetString()}/test",
        () => null,
        async (client, response) =>
        {
            var endpoint = Assert.Single((await GetAsync(client, Endpoints)).GetProperty("endpoints").EnumerateArray()).GetProperty("id").GetString();
            var delivery = Assert.Single((await GetAsync(client, $"{Endpoints}/{endpoint}/deliveries")).GetProperty("deliveries").EnumerateArray());
            Assert.Equal(delivery.GetProperty("id").GetString(), response.GetProperty("deliveryId").GetString());
        });

    [Fact]
    public Task A_crash_queues_one_round_of_a_replay() => CrashEverywhereAsync(
        least: 5,
        async client =>
        {
            var endpoint = await CreateEndpointAsync(client);
            var test = await SendAsync(client, $"{Endpoints}/{endpoint.GetProperty("id").GetString()}/test", null, "test");
            return $"api/webhooks/deliveries/{test!.Value.GetProperty("deliveryId").GetString()}/replay";
        },
        () => null,
        async (_, response) =>
        {
            var rounds = await cloud.QueuedRoundsAsync(response.GetProperty("id").GetString()!);
            Assert.Equal([1, 2], rounds.Distinct().Order());
        });

    [Fact]
    public Task A_crash_creates_no_second_upload() => CrashEverywhereAsync(
        least: 3,
        _ => Task.FromResult("api/uploads"),
        () => Json("""{"contentType":"image/png","bytes":100}"""),
        async (client, response) => Assert.Equal([response.GetProperty("id").GetString()!], await cloud.ImagesOfAsync(CustomerOf(client))));

    [Fact]
    public Task A_crash_stores_no_second_image() => CrashEverywhereAsync(
        least: 6,
        _ => Task.FromResult("api/images"),
        () => new ByteArrayContent(Png) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } },
        async (client, response) =>
        {
            var id = response.GetProperty("id").GetString()!;
            Assert.Equal([id], await cloud.ImagesOfAsync(CustomerOf(client)));
            Assert.True(await cloud.HasJobAsync(id), "The image has no job.");
        });

    private static string CustomerOf(HttpClient client) => client.DefaultRequestHeaders.GetValues("X-Customer").Single();

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> CreateEndpointAsync(HttpClient client) =>
        (await SendAsync(client, Endpoints, Json(Endpoint), "setup"))!.Value;

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri(path, UriKind.Relative), Ct));

    /// <returns>The body of a successful response; null when the request must be repeated.</returns>
    private static async Task<JsonElement?> SendAsync(HttpClient client, string path, HttpContent? content, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Headers = { { "Idempotency-Key", key } } };
        try
        {
            using var response = await client.SendAsync(request, Ct);
            var body = await response.Content.ReadAsStringAsync(Ct);
            if (response.IsSuccessStatusCode)
            {
                return JsonSerializer.Deserialize<JsonElement>(body);
            }

            Assert.True(response.StatusCode is HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError, $"{response.StatusCode} {body}");
            Assert.True(
                response.StatusCode != HttpStatusCode.Conflict || body.Contains("idempotency-in-flight", StringComparison.Ordinal), body);
        }
        catch (HttpRequestException)
        {
            // The worker died during the request.
        }

        return null;
    }

    /// <param name="least">The number of requests to storage that the operation is known to send at least.</param>
    private async Task CrashEverywhereAsync(
        int least, Func<HttpClient, Task<string>> prepare, Func<HttpContent?> content, Func<HttpClient, JsonElement, Task> verify)
    {
        var crashes = 0;
        foreach (var afterwards in (bool[])[false, true])
        {
            for (var step = 1; ; step++)
            {
                using var client = cloud.NewClient();
                var path = await prepare(client);
                var armed = cloud.Trap.Arm("", step, name: null, afterwards, cloud.Kill);
                JsonElement? response = await SendAsync(client, path, content(), "k");
                cloud.Trap.Disarm();
                await Eventually.TrueAsync(
                    async () => (response ??= await SendAsync(client, path, content(), "k")) is not null,
                    string.Create(CultureInfo.InvariantCulture, $"{path} succeeds after a crash at step {step}"));

                await verify(client, response!.Value);
                Assert.Equal(response.Value.GetRawText(), (await SendAsync(client, path, content(), "k"))!.Value.GetRawText());
                if (!armed.Struck.IsCompleted)
                {
                    Assert.True(step > least, $"The operation sent only {step - 1} requests.");
                    break;
                }

                crashes++;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{crashes} crashes");
    }
}
