using System.Text;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Idempotency;

/// <summary>Tests idempotency keys for every operation that honours them, on a running cloud (docs/api.md).</summary>
public sealed class IdempotentRequestTests(IdempotencyCloud cloud) : IClassFixture<IdempotencyCloud>
{
    private const string Endpoints = "api/webhooks/endpoints";
    private const string Endpoint = """{"url":"https://93.184.215.14/hook"}""";

    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repeated_request_gets_the_same_response_and_has_no_second_effect()
    {
        using var customer = cloud.NewCustomer();

        var first = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "create");
        var second = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "create");

        Assert.Equal(201, first.Status);
        Assert.StartsWith("/" + Endpoints, first.Location, StringComparison.Ordinal);
        Assert.False(first.IsReplayed);
        Assert.Equal(first with { IsReplayed = true }, second);
        Assert.Equal(1, (await customer.GetAsync(Endpoints)).GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task Every_operation_honours_its_idempotency_key()
    {
        using var customer = cloud.NewCustomer();
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await customer.SubscribeAsync(receiver);
        var test = await customer.PostAsync($"{endpoint.Path}/test", body: null, 202);
        await customer.NewestDeliveryAsync(endpoint.Id, "delivered");
        var upload = JsonSerializer.Deserialize<JsonElement>((await IdempotencyCloud.PostAsync(
            customer, "api/uploads", IdempotencyCloud.Json($$"""{"contentType":"image/png","bytes":{{Png.Length}}}"""), "offer")).Body);
        using var storage = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("uploadUrl").GetString())
        {
            Content = new ByteArrayContent(Png),
            Headers = { { "x-ms-blob-type", "BlockBlob" } },
        };
        using var stored = await storage.SendAsync(put, Ct);
        var recovery = $$"""{"since":"{{DateTimeOffset.UtcNow.AddHours(-1):O}}"}""";
        (string Path, Func<HttpContent?> Content, int Status)[] operations =
        [
            ("api/images", () => IdempotencyCloud.Picture(Png), 202),
            ("api/uploads", () => IdempotencyCloud.Json("""{"contentType":"image/png","bytes":10}"""), 201),
            ($"api/uploads/{upload.GetProperty("id").GetString()}/complete", () => null, 202),
            ($"{endpoint.Path}/rotate-secret", () => null, 200),
            ($"{endpoint.Path}/test", () => null, 202),
            ($"{endpoint.Path}/recover", () => IdempotencyCloud.Json(recovery), 202),
            ($"api/webhooks/deliveries/{test.GetProperty("deliveryId").GetString()}/replay", () => null, 202),
        ];

        foreach (var (path, content, status) in operations)
        {
            var first = await IdempotencyCloud.PostAsync(customer, path, content(), path);
            var second = await IdempotencyCloud.PostAsync(customer, path, content(), path);

            Assert.True(first.Status == status, $"{path}: {first}");
            Assert.Equal(first with { IsReplayed = true }, second);
        }
    }

    [Fact]
    public async Task A_key_for_another_body_or_operation_is_refused()
    {
        using var customer = cloud.NewCustomer();
        await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "k");
        await IdempotencyCloud.PostAsync(customer, "api/images", IdempotencyCloud.Picture(Png), "i");
        byte[] other = [.. Png, 0];

        KeyedResponse[] responses =
        [
            await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json("""{"url":"https://93.184.215.14/other"}"""), "k"),
            await IdempotencyCloud.PostAsync(customer, "api/uploads", IdempotencyCloud.Json(Endpoint), "k"),
            await IdempotencyCloud.PostAsync(customer, "api/images", IdempotencyCloud.Picture(other), "i"),
            await IdempotencyCloud.PostAsync(customer, "api/images", IdempotencyCloud.Picture(Png[..^1]), "i"),
        ];

        Assert.All(responses, response => Assert.Equal((422, "idempotency-key-reused"), (response.Status, response.Code)));
        Assert.True((await IdempotencyCloud.PostAsync(customer, "api/images", IdempotencyCloud.Picture(Png), "i")).IsReplayed);
    }

    [Fact]
    public async Task Keys_of_different_customers_are_independent()
    {
        using var customer = cloud.NewCustomer();
        using var other = cloud.NewCustomer();

        var first = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "shared");
        var second = await IdempotencyCloud.PostAsync(other, Endpoints, IdempotencyCloud.Json(Endpoint), "shared");

        Assert.Equal((201, 201, false), (first.Status, second.Status, second.IsReplayed));
        Assert.NotEqual(first.Location, second.Location);
    }

    [Fact]
    public async Task A_refusal_without_an_effect_is_not_stored()
    {
        using var customer = cloud.NewCustomer();

        var refused = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json("""{"url":"ftp://93.184.215.14/"}"""), "again");
        var accepted = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "again");

        Assert.Equal(201, accepted.Status);
        Assert.Equal((422, "webhook-url-refused"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_refusal_that_removed_the_upload_is_repeated()
    {
        using var customer = cloud.NewCustomer();
        var upload = await customer.PostAsync("api/uploads", """{"contentType":"image/png","bytes":10}""", 201);
        using var storage = new HttpClient();
        using var put = new HttpRequestMessage(HttpMethod.Put, upload.GetProperty("uploadUrl").GetString())
        {
            Content = new ByteArrayContent(new byte[10]),
            Headers = { { "x-ms-blob-type", "BlockBlob" } },
        };
        using var stored = await storage.SendAsync(put, Ct);
        var path = $"api/uploads/{upload.GetProperty("id").GetString()}/complete";

        var first = await IdempotencyCloud.PostAsync(customer, path, null, "complete");
        var second = await IdempotencyCloud.PostAsync(customer, path, null, "complete");

        Assert.Equal((415, "unsupported-image-type"), (first.Status, first.Code));
        Assert.Equal(first with { IsReplayed = true }, second);
    }

    [Fact]
    public async Task A_malformed_or_doubled_key_is_refused()
    {
        using var customer = cloud.NewCustomer();

        KeyedResponse[] responses =
        [
            await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "a", "b"),
            await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), "\"a\", \"b\""),
            await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), new string('k', 256)),
        ];

        Assert.All(responses, response => Assert.Equal((400, "idempotency-key-invalid"), (response.Status, response.Code)));
        Assert.Equal(0, (await customer.GetAsync(Endpoints)).GetProperty("endpoints").GetArrayLength());
    }

    [Theory]
    [InlineData(Endpoints)]
    [InlineData("api/images")]
    public async Task Twenty_equal_requests_at_once_have_one_effect(string path)
    {
        using var customer = cloud.NewCustomer();

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IdempotencyCloud.PostAsync(
            customer, path, path == Endpoints ? IdempotencyCloud.Json(Endpoint) : IdempotencyCloud.Picture(Png), "burst")));

        var performed = Assert.Single(responses, response => response.Status < 300 && !response.IsReplayed);
        Assert.All(responses.Where(response => response != performed), response =>
        {
            if (response.Status == 409)
            {
                Assert.Equal(("idempotency-in-flight", TimeSpan.FromSeconds(1)), (response.Code, response.RetryAfter));
            }
            else
            {
                Assert.Equal(performed with { IsReplayed = true }, response);
            }
        });
    }

    [Fact]
    public async Task A_stored_response_does_not_contain_the_secret_in_plain_text()
    {
        using var customer = cloud.NewCustomer();
        var key = Guid.NewGuid().ToString("N");
        var created = await IdempotencyCloud.PostAsync(customer, Endpoints, IdempotencyCloud.Json(Endpoint), key);
        var secret = JsonSerializer.Deserialize<JsonElement>(created.Body).GetProperty("secret").GetString()!;

        var values = new List<object?>();
        await foreach (var row in cloud.Records.QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: Ct))
        {
            values.AddRange(row.Select(column => column.Value));
        }

        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.DoesNotContain(
            secret[6..], value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}", StringComparison.Ordinal));
        Assert.All(values.OfType<byte[]>(), bytes =>
            Assert.DoesNotContain("whsec_", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal));
    }
}
