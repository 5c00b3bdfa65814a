using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.OpenApi;

/// <summary>
/// The complete system, and the resources that sample calls need. Each method creates a new resource through the HTTP API, so that the calls
/// do not depend on each other.
/// </summary>
public sealed partial class SampleShop : IAsyncLifetime
{
    private LocalCloud _open = null!;
    private LocalCloud _locked = null!;
    private WebhookCustomer _customer = null!;
    private Receiver _receiver = null!;

    /// <summary>A client with every scope.</summary>
    public HttpClient Client => _customer.Client;

    /// <summary>A client without a token.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    /// <summary>
    /// A client of an app that accepts only requests from a Front Door profile. The client's requests do not pass through this profile, so
    /// that the app rejects each of them.
    /// </summary>
    public HttpClient Bypassing { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _open = await LocalCloud.StartAsync(new LocalCloudOptions { AllowPrivateWebhooks = true }, Ct);
        _locked = await LocalCloud.StartAsync(
            new LocalCloudOptions { Settings = new Dictionary<string, string> { ["Edge__FrontDoorId"] = Guid.NewGuid().ToString() } }, Ct);
        await KnownProducts.AddAsync(_open, Ct);
        _customer = new(_open.CreateClient(_open.Token()));
        Anyone = _open.CreateClient();
        Bypassing = _locked.CreateClient(_locked.Token());
    }

    public async ValueTask DisposeAsync()
    {
        _customer.Dispose();
        Anyone.Dispose();
        Bypassing.Dispose();
        await _locked.DisposeAsync();
        await _open.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    /// <summary>A URL that webhooks may be sent to.</summary>
    public string ReceiverUrl => _receiver.Url.ToString();

    public Task<string> OrderAsync() => _customer.OrderAsync();

    /// <summary>Creates an endpoint. Returns its path.</summary>
    public async Task<string> EndpointAsync() => "/" + (await _customer.SubscribeAsync(_receiver)).Path;

    /// <summary>Creates an endpoint and pauses it. Returns its path.</summary>
    public async Task<string> PausedEndpointAsync()
    {
        var endpoint = await _customer.SubscribeAsync(_receiver);
        await _customer.PatchAsync(endpoint.Id, """{"status":"paused"}""");
        return "/" + endpoint.Path;
    }

    /// <summary>Sends a test event to a new endpoint. Returns the ids of the event and of its delivery, which has been made.</summary>
    public async Task<(string Event, string Delivery)> DeliveryAsync()
    {
        var endpoint = await _customer.SubscribeAsync(_receiver);
        var sent = await _customer.PostAsync($"{endpoint.Path}/test", body: null, 202);
        await _customer.NewestDeliveryAsync(endpoint.Id, "delivered");
        return (sent.GetProperty("eventId").GetString()!, sent.GetProperty("deliveryId").GetString()!);
    }

    /// <summary>Creates a product. Returns its path and its entity tag.</summary>
    public async Task<(string Path, string ETag)> ProductAsync()
    {
        var path = $"/api/products/{TestProducts.NewSku()}";
        using var request = WithBody(HttpMethod.Put, path, SampleCalls.Product, ("If-None-Match", "*"));
        using var created = await Client.SendAsync(request, Ct);
        return (path, created.EnsureSuccessStatusCode().Headers.ETag!.ToString());
    }

    /// <summary>Uploads an image and waits for its variants. Returns the path of its status and the path of a variant.</summary>
    public async Task<(string Status, string Variant)> ImageAsync()
    {
        using var request = Picture();
        using var accepted = await Client.SendAsync(request, Ct);
        var path = accepted.EnsureSuccessStatusCode().Headers.Location!.OriginalString;
        JsonElement image = default;
        await Eventually.TrueAsync(
            async () => (image = await _customer.GetAsync(path)).GetProperty("status").GetString() == "ready", $"{path} is ready");
        return (path, image.GetProperty("variants")[0].GetProperty("url").GetString()!);
    }

    /// <summary>Requests an upload URL, and sends the image to storage. Returns the path of the upload.</summary>
    public async Task<string> UploadAsync(bool send)
    {
        var picture = Pictures.Jpeg();
        var offered = await _customer.PostAsync("api/uploads", $$"""{"contentType":"image/jpeg","bytes":{{picture.Length}}}""", 201);
        if (send)
        {
            using var storage = new HttpClient();
            using var put = new HttpRequestMessage(HttpMethod.Put, offered.GetProperty("uploadUrl").GetString()) { Content = new ByteArrayContent(picture) };
            foreach (var header in offered.GetProperty("headers").EnumerateObject())
            {
                put.Headers.Add(header.Name, header.Value.GetString());
            }

            using var stored = await storage.SendAsync(put, Ct);
            stored.EnsureSuccessStatusCode();
        }

        return $"/api/uploads/{offered.GetProperty("id").GetString()}";
    }

    /// <summary>Puts a product into a new cart. Returns the value of the cart's <c>Cookie</c> header.</summary>
    public async Task<string> CartAsync()
    {
        using var request = WithBody(HttpMethod.Put, "/api/cart/lines/mug-1", """{"quantity":2}""");
        using var filled = await Client.SendAsync(request, Ct);
        return filled.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>Returns the path of a script of the page.</summary>
    public async Task<string> ScriptAsync() => Script().Match(await Client.GetStringAsync("/", Ct)).Value;

    public static HttpRequestMessage Empty(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    public static HttpRequestMessage WithBody(HttpMethod method, string path, string body, params (string Name, string Value)[] headers)
    {
        var request = Empty(method, path, headers);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return request;
    }

    public static HttpRequestMessage Picture(string contentType = "image/jpeg")
    {
        var request = Empty(HttpMethod.Post, "/api/images");
        request.Content = new ByteArrayContent(Pictures.Jpeg()) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        return request;
    }

    [GeneratedRegex(@"/assets/[^""]+\.js")]
    private static partial Regex Script();
}
