using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// A session with a cart. This class stores the lines that the cart should contain and compares every response with them. It is not
/// thread-safe.
/// </summary>
internal sealed class MixedCart(PatientClient client)
{
    private readonly SortedDictionary<string, int> _lines = new(StringComparer.Ordinal);
    private string? _session;

    /// <summary>Sends one request of a random kind.</summary>
    /// <returns>The id of the new order, or null if the request was not a checkout.</returns>
    public async Task<string?> DoSomethingAsync(Random random, CancellationToken cancellationToken)
    {
        switch (random.Next(4))
        {
            case 0 when _lines.Count > 0:
                return await CheckOutAsync(cancellationToken);
            case 1:
                Check(await client.SendAsync(() => Request(HttpMethod.Get, "api/cart"), HttpStatusCode.OK, cancellationToken));
                return null;
            default:
                await PutAsync($"sku-{random.Next(4)}", random.Next(1, 50), cancellationToken);
                return null;
        }
    }

    private async Task PutAsync(string sku, int quantity, CancellationToken cancellationToken)
    {
        var cart = await client.SendAsync(
            () =>
            {
                var request = Request(HttpMethod.Put, $"api/cart/lines/{sku}");
                request.Content = JsonContent.Create(new { quantity });
                return request;
            },
            HttpStatusCode.OK,
            cancellationToken,
            KeepCookie);
        _lines[sku] = quantity;
        Check(cart);
    }

    private async Task<string> CheckOutAsync(CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString();
        var order = await client.SendAsync(
            () =>
            {
                var request = Request(HttpMethod.Post, "api/cart/checkout");
                request.Headers.Add("Idempotency-Key", $"\"{key}\"");
                return request;
            },
            HttpStatusCode.Created,
            cancellationToken,
            KeepCookie);
        Check(order);
        _lines.Clear();
        return order.GetProperty("id").GetString()!;
    }

    /// <summary>Compares the lines of a cart or of an order with the expected lines. Carts and orders have the same JSON format.</summary>
    private void Check(JsonElement response)
    {
        var lines = response.GetProperty("lines").EnumerateArray()
            .Select(line => KeyValuePair.Create(line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32()));
        Assert.Equal(_lines, lines.OrderBy(line => line.Key, StringComparer.Ordinal));
        Assert.Equal(KnownProducts.Price * _lines.Values.Sum(), response.GetProperty("total").GetInt64());
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        if (_session is not null)
        {
            request.Headers.Add("Cookie", $"sid={_session}");
        }

        return request;
    }

    private void KeepCookie(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies)
            && cookies.SingleOrDefault(cookie => cookie.StartsWith("sid=", StringComparison.Ordinal)) is { } cookie)
        {
            _session = cookie["sid=".Length..cookie.IndexOf(';', StringComparison.Ordinal)];
        }
    }
}
