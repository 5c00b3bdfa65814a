using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Tests.Integration.Cart;

/// <summary>A client that stores the session cookie as a browser does. It sends a token only when it checks out or lists orders.</summary>
public sealed class Shopper(HttpClient[] instances, string[] tokens) : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The value of the session cookie, or null if there is no session.</summary>
    public string? Sid { get; set; }

    public Task<HttpResponseMessage> PutAsync(
        string sku, long quantity = 1, int instance = 0) =>
        SendAsync(HttpMethod.Put, $"api/cart/lines/{sku}", $$"""{"quantity":{{quantity}}}""", instance: instance);

    /// <summary>Sets a line as <see cref="PutAsync"/> does, and fails the test if the request fails.</summary>
    public async Task FillAsync(string sku = "mug-1", long quantity = 2)
    {
        using var response = await PutAsync(sku, quantity);
        response.EnsureSuccessStatusCode();
    }

    public Task<HttpResponseMessage> CheckOutAsync(string? key = "k1", int instance = 0) =>
        SendAsync(HttpMethod.Post, "api/cart/checkout", body: null, key, instance);

    public async Task<JsonElement> CartAsync(int instance = 0)
    {
        using var response = await SendAsync(HttpMethod.Get, "api/cart", body: null, instance: instance);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    /// <summary>Returns the lines of the cart in order, each in the form <c>sku*quantity</c>.</summary>
    public async Task<string[]> LinesAsync(int instance = 0) =>
        [.. (await CartAsync(instance)).GetProperty("lines").EnumerateArray()
            .Select(line => $"{line.GetProperty("sku").GetString()}*{line.GetProperty("quantity").GetInt64()}")];

    public async Task<JsonElement[]> OrdersAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/orders");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[0]);
        using var response = await instances[0].SendAsync(request, Ct);
        response.EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("orders").EnumerateArray()];
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? key = null, int instance = 0)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (Sid is not null)
        {
            request.Headers.Add("Cookie", $"sid={Sid}");
        }

        if (path == "api/cart/checkout")
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens[instance]);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        var response = await instances[instance].SendAsync(request, Ct);
        if (CookieOf(response) is { } cookie)
        {
            Sid = cookie.Value.Length > 0 ? cookie.Value.ToString() : null;
        }

        return response;
    }

    /// <returns>
    /// The session cookie that the response sets, or null if the response sets no session cookie. Cookies set by the edge are ignored.
    /// </returns>
    public static SetCookieHeaderValue? CookieOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Set-Cookie", out var values) ? SetCookieHeaderValue.ParseList([.. values]).SingleOrDefault(cookie => cookie.Name == "sid") : null;

    public void Dispose()
    {
        foreach (var instance in instances)
        {
            instance.Dispose();
        }
    }
}
