using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessScale.Local;

namespace ServerlessScale.HttpFuzz;

/// <summary>
/// The resources that valid requests refer to. They are created through the HTTP API. Orders and webhooks belong to different customers,
/// because each order would otherwise be sent to every endpoint.
/// </summary>
/// <param name="cloud">The system under test.</param>
/// <param name="client">A client of the system without a token.</param>
/// <param name="name">The beginning of the names of products and customers.</param>
internal sealed partial class FuzzShop(LocalCloud cloud, HttpClient client, string name)
{
    /// <summary>The smallest GIF: one pixel.</summary>
    public static readonly byte[] Picture = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    private readonly Dictionary<string, string> _values = [];

    /// <summary>The tag of <see cref="Value"/> <c>product</c>.</summary>
    public string ProductTag { get; private set; } = "";

    /// <summary>The value of the <c>Cookie</c> header of a cart.</summary>
    public string Cookie { get; private set; } = "";

    /// <summary>A URL that endpoints may have. Nothing listens on it.</summary>
    public const string ReceiverUrl = "http://127.0.0.1:9/hook";

    private string _orderToken = "";
    private string _hookToken = "";
    private int _products;

    /// <summary>The token for a path.</summary>
    public string TokenFor(string path) => path.StartsWith("/api/orders", StringComparison.Ordinal) ? _orderToken : _hookToken;

    /// <summary>
    /// Returns the id of a resource: <c>sku</c>, <c>product</c>, <c>order</c>, <c>image</c>, <c>variant</c>, <c>asset</c>, <c>upload</c>,
    /// <c>endpoint</c>, <c>delivery</c> or <c>event</c>.
    /// </summary>
    public string Value(string resource) => _values[resource];

    /// <summary>Creates new customers and new resources, because requests change and delete the old resources.</summary>
    /// <param name="round">Distinguishes the customers from those of earlier rounds.</param>
    /// <param name="cancellationToken">Stops the creation.</param>
    public async Task CreateAsync(int round, CancellationToken cancellationToken)
    {
        _orderToken = cloud.Token($"{name}-{round}-orders");
        _hookToken = cloud.Token($"{name}-{round}-hooks");
        await AddProductAsync(cancellationToken);
        _values["sku"] = Value("product");
        foreach (var operation in (string[])["changeOrder", "checkOutCart", "deleteProduct", "deleteEndpoint", "deleteImage", "completeUpload"])
        {
            await PrepareAsync(operation, cancellationToken);
        }

        _values["endpoint"] = Value("endpoint to delete");
        await PrepareAsync("deleteEndpoint", cancellationToken);
        var test = await SendAsync(HttpMethod.Post, $"/api/webhooks/endpoints/{Value("endpoint")}/test", null, cancellationToken);
        (_values["delivery"], _values["event"]) = ($"{test.Json["deliveryId"]}", $"{test.Json["eventId"]}");
        var page = await SendAsync(HttpMethod.Get, "/", null, cancellationToken);
        _values["asset"] = Script().Match(page.Text).Groups[1].Value;
        var image = Value("image to delete");
        await PrepareAsync("deleteImage", cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            var status = await SendAsync(HttpMethod.Get, $"/api/images/{image}", null, cancellationToken);
            if ($"{status.Json["status"]}" == "ready")
            {
                _values["image"] = image;
                _values["variant"] = $"{status.Json["variants"]![0]!["url"]}".Split('/')[^1];
                return;
            }

            if (attempt == 600)
            {
                throw new InvalidOperationException($"The image {image} is not ready after a minute: {status.Text}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Creates the resource that a valid request for the operation changes or deletes.</summary>
    public async Task PrepareAsync(string operation, CancellationToken cancellationToken)
    {
        switch (operation)
        {
            case "changeOrder":
                var order = await SendAsync(
                    HttpMethod.Post, "/api/orders", $$"""{"lines":[{"sku":"{{Value("sku")}}","quantity":1}]}""", cancellationToken,
                    ("Idempotency-Key", $"{Guid.NewGuid()}"));
                _values["order"] = $"{order.Json["id"]}";
                break;
            case "checkOutCart":
                Cookie = (await SendAsync(HttpMethod.Put, $"/api/cart/lines/{Value("sku")}", """{"quantity":2}""", cancellationToken)).Cookie!;
                break;
            case "deleteProduct":
                await AddProductAsync(cancellationToken);
                break;
            case "deleteEndpoint":
                var endpoint = await SendAsync(HttpMethod.Post, "/api/webhooks/endpoints", $$"""{"url":"{{ReceiverUrl}}"}""", cancellationToken);
                _values["endpoint to delete"] = $"{endpoint.Json["id"]}";
                break;
            case "deleteImage":
                var accepted = await SendAsync(HttpMethod.Post, "/api/images", null, cancellationToken, ("Content-Type", "image/gif"));
                _values["image to delete"] = $"{accepted.Json["id"]}";
                break;
            case "completeUpload":
                var offer = await SendAsync(
                    HttpMethod.Post, "/api/uploads", $$"""{"contentType":"image/gif","bytes":{{Picture.Length}}}""", cancellationToken);
                _values["upload"] = $"{offer.Json["id"]}";
                var headers = offer.Json["headers"]!.AsObject().Select(header => (header.Key, $"{header.Value}"));
                await SendAsync(HttpMethod.Put, $"{offer.Json["uploadUrl"]}", null, cancellationToken, [.. headers]);
                break;
        }
    }

    private async Task AddProductAsync(CancellationToken cancellationToken)
    {
        const string Product = """{"name":"Mug","description":"","price":1250,"currency":"EUR","active":true}""";
        var sku = $"{name}-{_products++}";
        var added = await SendAsync(HttpMethod.Put, $"/api/products/{sku}", Product, cancellationToken, ("If-None-Match", "*"));
        (_values["product"], ProductTag) = (sku, added.Tag!);
    }

    /// <summary>Sends JSON, or the picture if a header has the content type of a picture or the URL is absolute.</summary>
    private async Task<Reply> SendAsync(
        HttpMethod method, string url, string? json, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }
        else if (headers.Length > 0)
        {
            request.Content = new ByteArrayContent(Picture);
        }

        if (url.StartsWith('/'))
        {
            request.Headers.Add("Authorization", $"Bearer {TokenFor(url)}");
        }

        foreach (var (header, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(header, value);
            }
        }

        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{method} {url}: {response.StatusCode} {text}", null, response.StatusCode);
        }

        var cookie = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0] : null;
        return new(text, response.Headers.ETag?.ToString(), cookie);
    }

    [GeneratedRegex(@"/assets/([^""]+\.js)")]
    private static partial Regex Script();

    private sealed record Reply(string Text, string? Tag, string? Cookie)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;
    }
}
