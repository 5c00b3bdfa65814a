using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Orders;

/// <summary>
/// A customer who orders over HTTP. Failed requests are counted in <paramref name="failed"/>. Each method except
/// <see cref="PlaceSurelyAsync"/> returns false or null if its request fails.
/// </summary>
internal sealed class HttpShop(LocalCloud cloud, string customer, FailedRequests failed) : IDisposable
{
    private const string Place = "POST api/orders";
    private const string ConsistencyToken = "Consistency-Token";

    private const string Order = """
        {"currency":"EUR","lines":[{"sku":"mug-1","quantity":2,"unitPrice":1250},{"sku":"tea-earl-grey","quantity":1,"unitPrice":790},{"sku":"spoon.small","quantity":6,"unitPrice":99}]}
        """;

    private readonly HttpClient _client = cloud.CreateClient(cloud.Token(customer, "orders.read", "orders.write"));

    public string Customer => customer;

    /// <returns>The order's id and a consistency token. A read with this token always finds the order.</returns>
    public async Task<PlacedOrder?> PlaceAsync(CancellationToken cancellationToken)
    {
        using var request = PlaceRequest(Order);
        using var response = await failed.SendAsync(_client, Place, request, cancellationToken, HttpStatusCode.Created);
        return response is null ? null : await PlacedAsync(response, cancellationToken);
    }

    /// <summary>Places an order. Repeats the request until it succeeds.</summary>
    /// <returns>The order's id.</returns>
    public async Task<string> PlaceSurelyAsync(CancellationToken cancellationToken)
    {
        using var response = await failed.SendUntilExpectedAsync(_client, Place, () => PlaceRequest(Order), cancellationToken, HttpStatusCode.Created);
        return (await PlacedAsync(response, cancellationToken)).Id;
    }

    /// <returns>200, or 404 when the replica that served the read does not have the order yet. Null when the request failed.</returns>
    public async Task<HttpStatusCode?> ReadBackAsync(PlacedOrder order, bool withToken, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/orders/{order.Id}");
        if (withToken)
        {
            request.Headers.Add(ConsistencyToken, order.Token);
        }

        var name = withToken ? "GET api/orders/{id} with token" : "GET api/orders/{id}";
        using var response = await failed.SendAsync(_client, name, request, cancellationToken, HttpStatusCode.OK, HttpStatusCode.NotFound);
        return response?.StatusCode;
    }

    public Task<bool> ReadAsync(string orderId, CancellationToken cancellationToken) =>
        GetAsync("GET api/orders/{id}", $"api/orders/{orderId}", HttpStatusCode.OK, cancellationToken);

    /// <summary>Calls a function that does nothing. The latency shows the overhead of the host, the proxy and the worker.</summary>
    public Task<bool> CallEmptyFunctionAsync(CancellationToken cancellationToken) =>
        GetAsync("GET api/health/live", "api/health/live", HttpStatusCode.OK, cancellationToken);

    /// <summary>
    /// Sends an order with an invalid SKU. The app rejects such an order as the last step before it would access storage. The latency
    /// therefore covers token validation, JSON parsing and order validation.
    /// </summary>
    public async Task<bool> PlaceRefusedAsync(CancellationToken cancellationToken)
    {
        using var request = PlaceRequest(Order.Replace("tea-earl-grey", "tea earl grey", StringComparison.Ordinal));
        using var response = await failed.SendAsync(_client, Place + " with a bad SKU", request, cancellationToken, HttpStatusCode.UnprocessableEntity);
        return response is not null;
    }

    /// <summary>Requests an order with an id that no order can have. The app responds with 404 without accessing storage.</summary>
    public Task<bool> ReadImpossibleIdAsync(CancellationToken cancellationToken) =>
        GetAsync("GET api/orders/none", "api/orders/none", HttpStatusCode.NotFound, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage PlaceRequest(string body) => new(HttpMethod.Post, "api/orders")
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
    };

    private static async Task<PlacedOrder> PlacedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetString()!;
        return new(id, response.Headers.GetValues(ConsistencyToken).Single());
    }

    private async Task<bool> GetAsync(string name, string path, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await failed.SendAsync(_client, name, request, cancellationToken, expected);
        return response is not null;
    }
}

internal sealed record PlacedOrder(string Id, string Token);
