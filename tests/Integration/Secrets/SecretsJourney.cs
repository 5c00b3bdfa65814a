using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>Uses every capability as a customer who has secrets, successfully and with mistakes. Then others try to read the results.</summary>
internal sealed class SecretsJourney(MarkedSecrets secrets, RecordedClient owner, RecordedClient other, RecordedClient anyone) : IAsyncDisposable
{
    public const string SizeKeyId = "k1";

    private const string Endpoints = "api/webhooks/endpoints";
    private const string Order = """{"currency":"EUR","lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250}]}""";

    /// <summary>The paths that belong to the owner.</summary>
    private readonly List<string> _paths = [];

    private readonly List<IAsyncDisposable> _receivers = [];

    public static byte[] SizeKey { get; } = RandomNumberGenerator.GetBytes(32);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Returns a new secret that is valid in a header, in a URL and in JSON.</summary>
    public static string Marker() => $"Mark-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}-End";

    public async Task RunAsync(LocalCloud cloud)
    {
        await CartAsync();
        await OrdersAsync();
        await ImagesAsync();
        await WebhooksAsync();
        await TokensAsync(cloud);
        await OthersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in _receivers)
        {
            await receiver.DisposeAsync();
        }
    }

    private string Mark(string name, string? value = null, bool stored = false)
    {
        value ??= Marker();
        secrets.Add(new(name, value, "owner") { IsStored = stored });
        return value;
    }

    private async Task CartAsync()
    {
        foreach (var end in (string[])["checkout", "clearing"])
        {
            var filled = await owner.SendAsync(HttpMethod.Put, "api/cart/lines/mug-1", Json("""{"quantity":2}"""));
            Assert.Equal(200, filled.Status);
            var sid = filled.Text[(filled.Text.IndexOf("sid=", StringComparison.Ordinal) + 4)..].Split(';')[0];
            var cookie = $"sid={Mark($"the cart of the {end}", sid)}";
            await owner.ExpectAsync(200, "GET", "api/cart", null, ("Cookie", cookie));
            await owner.ExpectAsync(422, "PUT", "api/cart/lines/mug-1", """{"quantity":-1}""", ("Cookie", cookie));
            await owner.ExpectAsync(422, "PUT", "api/cart/lines/none", """{"quantity":1}""", ("Cookie", cookie));
            await anyone.GetAsync("api/cart", ("Cookie", cookie + "x"));
            await anyone.GetAsync("api/cart", ("Cookie", $"{cookie}; {cookie[..^1]}-"));
            await owner.ExpectAsync(400, "POST", "api/cart/checkout", null, ("Cookie", cookie));
            await anyone.ExpectAsync(401, "POST", "api/cart/checkout", null, ("Cookie", cookie), ("Idempotency-Key", "k"), ("Authorization", "Bearer x"));
            if (end == "checkout")
            {
                await owner.ExpectAsync(201, "POST", "api/cart/checkout", null, ("Cookie", cookie), ("Idempotency-Key", "checkout"));
                await owner.PostAsync("api/cart/checkout", null, ("Cookie", cookie), ("Idempotency-Key", "checkout"));
            }
            else
            {
                await owner.ExpectAsync(204, "DELETE", "api/cart", null, ("Cookie", cookie));
            }
        }
    }

    private async Task OrdersAsync()
    {
        var order = (await owner.ExpectAsync(201, "POST", "api/orders", Order, ("Idempotency-Key", "order"))).GetProperty("id").GetString();
        _paths.Add($"api/orders/{order}");
        await owner.ExpectAsync(200, "PATCH", $"api/orders/{order}", """{"status":"paid"}""", ("If-Match", "\"1\""));
        await owner.ExpectAsync(412, "PATCH", $"api/orders/{order}", """{"status":"paid"}""", ("If-Match", "\"1\""));
        await owner.ExpectAsync(422, "POST", "api/orders", """{"lines":[]}""", ("Idempotency-Key", "other"));
        await owner.ExpectAsync(200, "GET", "api/orders?limit=1", null);
        var marker = Mark("a secret in place of a consistency token");
        await owner.ExpectAsync(400, "GET", "api/orders", null, ("Consistency-Token", marker));
        await owner.ExpectAsync(400, "GET", "api/orders?month=none", null, ("Consistency-Token", marker), ("If-None-Match", marker));
    }

    private async Task ImagesAsync()
    {
        var picture = Pictures.Jpeg();
        foreach (var length in (int[])[picture.Length, picture.Length + 1])
        {
            var offered = await owner.ExpectAsync(
                201, "POST", "api/uploads", $$"""{"contentType":"image/jpeg","bytes":{{length}}}""", ("Idempotency-Key", $"upload {length}"));
            var url = new Uri(offered.GetProperty("uploadUrl").GetString()!);
            Mark($"the signature of the upload of {length} bytes", Uri.UnescapeDataString(url.Query.Split("sig=")[1].Split('&')[0]));
            var upload = $"api/uploads/{offered.GetProperty("id").GetString()}/complete";
            _paths.Add(upload);
            await owner.ExpectAsync(409, "POST", upload, null);
            using var storage = new HttpClient();
            using var put = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(picture), Headers = { { "x-ms-blob-type", "BlockBlob" } } };
            (await storage.SendAsync(put, Ct)).EnsureSuccessStatusCode();
            await owner.ExpectAsync(length == picture.Length ? 202 : 422, "POST", upload, null);
        }

        using var body = new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        var id = (await owner.SendAsync(HttpMethod.Post, "api/images", body)).Json.GetProperty("id").GetString()!;
        await Eventually.TrueAsync(
            async () => (await anyone.GetAsync($"api/images/{id}")).Json.GetProperty("status").GetString() == "ready", "the image is ready");

        // The signature of a size is not secret, because pages contain the URL. Its key is secret.
        Assert.True(ImageSize.TryParse("w64.webp", out _));
        Assert.True(Shared.Images.SizeKey.TryParse($"{SizeKeyId}.{Convert.ToBase64String(SizeKey)}", out var key));
        var size = $"/images/{id}/w64.webp";
        await anyone.ExpectAsync(200, "GET", $"{size}?s={key.Sign(size)}", null);
        await anyone.ExpectAsync(200, "GET", $"{size}?s={key.Sign(size)}", null);
        Assert.InRange((await anyone.GetAsync($"{size}?s={key.Sign(size)}x")).Status, 400, 499);
    }

    private async Task WebhooksAsync()
    {
        var timeout = new Func<Received, CancellationToken, Task<ReceiverResponse>>(async (_, stopped) =>
        {
            await Task.Delay(Timeout.Infinite, stopped);
            return ReceiverResponse.Ok;
        });
        var silent = await Receiver.StartAsync(timeout);
        var repeating = await Receiver.StartAsync((request, _) => Task.FromResult(Repeating(500, request)));
        var redirecting = await Receiver.StartAsync((request, _) => Task.FromResult(Repeating(307, request)));
        var invalid = new InvalidReceiver();
        _receivers.AddRange([silent, repeating, redirecting, invalid]);
        var endpoints = new List<string>();
        foreach (var (kind, url) in ((string, Uri)[])[
            ("repeating", repeating.Url), ("redirecting", redirecting.Url), ("silent", silent.Url), ("invalid", invalid.Url), ("refusing", new("http://127.0.0.1:1025/"))])
        {
            var path = Mark($"the URL of the {kind} receiver", stored: true);
            var token = Mark($"the token for the {kind} receiver");
            var gateway = Mark($"the gateway key for the {kind} receiver");
            var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
            Mark($"the webhook secret of the {kind} receiver", secret);
            var endpoint = await owner.ExpectAsync(
                201, "POST", Endpoints,
                $$$"""{"url":"{{{new Uri(url, $"/{path}?key={path}")}}}","secret":"whsec_{{{secret}}}","headers":{"Authorization":"Bearer {{{token}}}","X-Gateway":"{{{gateway}}}"}}""",
                ("Idempotency-Key", kind));
            endpoints.Add($"{Endpoints}/{endpoint.GetProperty("id").GetString()}");
        }

        foreach (var endpoint in endpoints)
        {
            var sent = await owner.ExpectAsync(202, "POST", $"{endpoint}/test", null);
            _paths.AddRange([endpoint, $"{endpoint}/deliveries", $"api/webhooks/deliveries/{sent.GetProperty("deliveryId").GetString()}", $"api/events/{sent.GetProperty("eventId").GetString()}"]);
        }

        foreach (var endpoint in endpoints)
        {
            await Eventually.TrueAsync(
                async () => (await owner.GetAsync($"{endpoint}/deliveries")).Json.GetProperty("deliveries").EnumerateArray()
                    .Any(delivery => delivery.GetProperty("attempts").GetArrayLength() > 0),
                $"an attempt at {endpoint} has ended");
            var rotated = await owner.ExpectAsync(200, "POST", $"{endpoint}/rotate-secret", null, ("Idempotency-Key", $"rotation of {endpoint}"));
            Mark($"the new webhook secret of {endpoint}", rotated.GetProperty("secret").GetString()!["whsec_".Length..]);
            await owner.ExpectAsync(200, "GET", endpoint, null);
            await owner.ExpectAsync(422, "POST", $"{endpoint}/rotate-secret", """{"graceHours":169}""");
        }

        foreach (var path in _paths.Where(path => path.StartsWith("api/webhooks/deliveries/", StringComparison.Ordinal)))
        {
            await owner.ExpectAsync(200, "GET", path, null);
        }

        await MistakesAsync(endpoints[0]);
        await owner.ExpectAsync(204, "DELETE", endpoints[^1], null);
    }

    /// <summary>Sends bodies that the shop refuses because of a secret in them.</summary>
    private async Task MistakesAsync(string endpoint)
    {
        var marker = Mark("a secret in a refused body");
        string[] bodies =
        [
            $$"""{"url":"https://example.com/","secret":"whsec_{{marker}}"}""",
            $$"""{"url":"https://example.com/","secret":["{{marker}}"]}""",
            $$"""{"url":"https://example.com/","secret":"{{marker}}","secret":"{{marker}}"}""",
            $$"""{"url":"https://example.com/","secret":"{{marker}}""",
            $$$"""{"url":"https://example.com/","headers":{"Authorization":"{{{marker}}}\u0007"}}""",
            $$$"""{"url":"https://example.com/","headers":{"webhook-id":"{{{marker}}}"}}""",
            $$"""{"url":"https://user:{{marker}}@example.com/"}""",
            $$"""{"url":"ftp://example.com/{{marker}}"}""",
            $$"""{"url":"https://example.com/{{marker}}#{{marker}}"}""",
            $$"""{"url":"{{marker}}"}""",
            $$"""{"url":"https://{{marker}}/\\"}""",
        ];
        foreach (var body in bodies)
        {
            Assert.InRange((await owner.SendAsync(HttpMethod.Post, Endpoints, Json(body))).Status, 400, 422);
            Assert.InRange((await owner.SendAsync(HttpMethod.Patch, endpoint, Json(body))).Status, 400, 422);
        }
    }

    private async Task TokensAsync(LocalCloud cloud)
    {
        var token = cloud.Token("owner");
        Mark("another token of the owner", token.Split('.')[2]);
        var expired = cloud.ExpiredToken("owner");
        Mark("an expired token", expired.Split('.')[2]);
        var narrow = cloud.Token("owner", "orders.read");
        Mark("a token without the scope", narrow.Split('.')[2]);
        var garbage = Mark("a token of another kind");
        string[] refused =
        [
            $"Bearer {token}x", $"Bearer {token}, Bearer {token}", $"Bearer  {token[..^2]}", $"Bearer {expired}", $"Bearer {garbage}", $"Bearer {garbage}.{garbage}.{garbage}", garbage,
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{garbage}"))}", $"Bearer {token.Split('.')[0]}.{garbage}.{token.Split('.')[2]}",
        ];
        foreach (var value in refused)
        {
            await anyone.ExpectAsync(401, "GET", "api/orders", null, ("Authorization", value));
            // The edge refuses a write without a bearer token with 403.
            Assert.InRange((await anyone.SendAsync(HttpMethod.Post, Endpoints, Json("{}"), ("Authorization", value))).Status, 401, 403);
        }

        await owner.ExpectAsync(403, "GET", Endpoints, null, ("Authorization", $"Bearer {narrow}"));
    }

    /// <summary>Everybody else requests the resources of the owner, and everything that is public.</summary>
    private async Task OthersAsync()
    {
        await other.ExpectAsync(201, "POST", Endpoints, $$"""{"url":"{{new Uri("http://127.0.0.1:1026/")}}"}""");
        await other.ExpectAsync(201, "POST", "api/orders", Order, ("Idempotency-Key", "order"));
        string[] lists = [Endpoints, "api/orders", "api/events", "api/cold-starts", "api/cart", "api/products", "api/health/ready", "api/openapi.json", "api/nothing"];
        foreach (var path in _paths.Concat(lists))
        {
            await other.GetAsync(path);
            await other.PostAsync(path, null);
            await other.SendAsync(HttpMethod.Delete, path, null);
            await anyone.GetAsync(path);
        }

        // The page gets its own token only from this machine and origin. A page of another origin does not.
        await anyone.GetAsync("api/page-config", ("Sec-Fetch-Site", "cross-site"));
        await anyone.GetAsync("/");
    }

    private static ReceiverResponse Repeating(int status, Received request)
    {
        var headers = string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        return new(status, headers)
        {
            Headers = new Dictionary<string, string>
            {
                ["location"] = $"http://127.0.0.1:1025/?token={request.Headers["X-Gateway"]}",
                ["server"] = new string('a', 240) + request.Headers["X-Gateway"],
                ["www-authenticate"] = request.Headers["Authorization"],
                ["x-request-id"] = request.Headers["Authorization"]["Bearer ".Length..],
            },
        };
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
