using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServerlessScale.Local;

namespace ServerlessScale.Bench.Orders;

/// <summary>One customer who orders over HTTP.</summary>
internal sealed class HttpShop(LocalCloud cloud, string customer) : IDisposable
{
    private const string Order = """
        {"currency":"EUR","lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250},{"sku":"tea-earl-grey","quantity":1,"unitPrice":790},{"sku":"spoon.small","quantity":6,"unitPrice":99}]}
        """;

    private readonly HttpClient _client = cloud.CreateClient(cloud.Token(customer, "orders.read", "orders.write"));

    public string Customer => customer;

    /// <returns>The order's id.</returns>
    public async Task<string> PlaceAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(Order, HttpStatusCode.Created, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString()!;
    }

    public async Task ReadAsync(string orderId, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync($"api/orders/{orderId}", HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>A function that does nothing: what host, proxy and worker cost.</summary>
    public async Task AskIfAliveAsync(CancellationToken cancellationToken)
    {
        using var answer = await GetAsync("api/health/live", HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>An order that is refused just before storage is first asked: what token, JSON and rules cost besides.</summary>
    public async Task PlaceInVainAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(Order.Replace("tea-earl-grey", "tea earl grey", StringComparison.Ordinal), (HttpStatusCode)422, cancellationToken);
    }

    /// <summary>A read that needs no storage, as the id cannot be one.</summary>
    public async Task ReadInVainAsync(CancellationToken cancellationToken)
    {
        using var answer = await GetAsync("api/orders/none", HttpStatusCode.NotFound, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return await ExpectAsync(await _client.SendAsync(request, cancellationToken), expected, cancellationToken);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, HttpStatusCode expected, CancellationToken cancellationToken) =>
        await ExpectAsync(await _client.GetAsync(path, cancellationToken), expected, cancellationToken);

    private static async Task<HttpResponseMessage> ExpectAsync(
        HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != expected)
        {
            throw new LocalCloudException(
                $"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return answer;
    }
}
