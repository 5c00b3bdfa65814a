using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>
/// A customer who uses the HTTP API. Each method fails the test if a response does not have the expected status, unless its description
/// says otherwise.
/// </summary>
internal sealed class WebhookCustomer(HttpClient client) : IDisposable
{
    private const string Endpoints = "api/webhooks/endpoints";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public HttpClient Client => client;

    public void Dispose() => client.Dispose();

    /// <summary>Creates an endpoint for the receiver.</summary>
    /// <param name="more">Additional JSON members for the request body, e.g. <c>"ordered":true</c>.</param>
    public async Task<NewEndpoint> SubscribeAsync(Receiver receiver, string more = "")
    {
        var endpoint = await PostAsync(Endpoints, $$"""{"url":"{{receiver.Url}}"{{(more.Length > 0 ? "," + more : "")}}}""", 201);
        return new NewEndpoint(endpoint.GetProperty("id").GetString()!, endpoint.TryGetProperty("secret", out var secret) ? secret.GetString()! : "");
    }

    public async Task<string> OrderAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = Json("""{"currency":"EUR","lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250}]}"""),
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
        };
        return (await SendAsync(request, 201)).GetProperty("id").GetString()!;
    }

    /// <param name="version">The order's current version.</param>
    public async Task ChangeOrderAsync(string id, int version, string status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"api/orders/{id}")
        {
            Content = Json($$"""{"status":"{{status}}"}"""),
            Headers = { { "If-Match", $"\"{version}\"" } },
        };
        await SendAsync(request, 200);
    }

    public Task<JsonElement> PostAsync(string path, string? body, int expected) => SendAsync(HttpMethod.Post, path, body, expected);

    public Task<JsonElement> PatchAsync(string endpoint, string body) => SendAsync(HttpMethod.Patch, $"{Endpoints}/{endpoint}", body, 200);

    public Task<JsonElement> EndpointAsync(string endpoint) => GetAsync($"{Endpoints}/{endpoint}");

    public async Task<JsonElement> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, 200);
    }

    public async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(string endpoint, string query = "") =>
        [.. (await GetAsync($"{Endpoints}/{endpoint}/deliveries{query}")).GetProperty("deliveries").EnumerateArray()];

    /// <summary>Waits until the newest delivery of the endpoint has the given status. Returns that delivery.</summary>
    public async Task<JsonElement> NewestDeliveryAsync(string endpoint, string status)
    {
        JsonElement newest = default;
        await Eventually.TrueAsync(
            async () =>
            {
                newest = await DeliveriesAsync(endpoint) is [var first, ..] ? first : default;
                return newest.ValueKind == JsonValueKind.Object && newest.GetProperty("status").GetString() == status;
            },
            $"the newest delivery of {endpoint} is {status}");
        return newest;
    }

    /// <summary>Sends a request and returns the response, regardless of its status.</summary>
    public async Task<(int Status, JsonElement Body)> TryAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        using var response = await client.SendAsync(request, Ct);
        return ((int)response.StatusCode, response.Content.Headers.ContentLength is 0 or null && (int)response.StatusCode == 204
            ? default
            : await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? body, int expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Json(body) };
        return await SendAsync(request, expected);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, int expected)
    {
        using var response = await client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True((int)response.StatusCode == expected, $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}

internal sealed record NewEndpoint(string Id, string Secret)
{
    public string Path => $"api/webhooks/endpoints/{Id}";
}
