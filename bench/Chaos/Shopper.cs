using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Bench.Orders;

namespace ServerlessScale.Bench.Chaos;

/// <summary>
/// A customer who uploads, browses, fills carts, checks out, orders and changes orders, and who repeats every request until it succeeds.
/// Sends one request at a time.
/// </summary>
internal sealed class Shopper(string customer, HttpClient http, byte[] photograph, Ledger ledger, Func<string> currentFault, Random random)
{
    private static readonly string[] Statuses = ["placed", "paid", "shipped"];

    private readonly RepeatingClient _client = new(http, ledger, currentFault);
    private readonly List<(AcknowledgedOrder Order, string ETag)> _open = [];
    private readonly Dictionary<string, long> _cart = [];
    private string? _session;

    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        while (!stop.IsCancellationRequested)
        {
            await (random.Next(20) switch
            {
                0 => UploadAsync(cancellationToken),
                < 4 => OrderAsync(cancellationToken),
                < 8 when _open.Count > 0 => ChangeAsync(cancellationToken),
                < 12 => FillCartAsync(cancellationToken),
                < 14 when _cart.Count > 0 => CheckOutAsync(cancellationToken),
                < 17 when _open.Count > 0 => ReadAsync(cancellationToken),
                _ => BrowseAsync(cancellationToken),
            });
            await Task.Delay(random.Next(10, 120), cancellationToken);
        }
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        var key = NewKey();
        var accepted = await _client.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "api/images")
            {
                Headers = { { "Idempotency-Key", key } },
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            HttpStatusCode.Accepted,
            cancellationToken);
        if (accepted is { } image)
        {
            ledger.Images.Add((image.GetProperty("id").GetString()!, customer));
        }
    }

    private async Task OrderAsync(CancellationToken cancellationToken)
    {
        var key = NewKey();
        var product = OrderedProducts.All[random.Next(OrderedProducts.All.Count)];
        var quantity = random.Next(1, 40);
        await PlacedAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "api/orders")
            {
                Headers = { { "Idempotency-Key", key } },
                Content = JsonContent.Create(new { lines = new[] { new { sku = product.Sku, quantity } } }),
            },
            product.Price * quantity,
            cancellationToken);
    }

    private async Task CheckOutAsync(CancellationToken cancellationToken)
    {
        var key = NewKey();
        var total = _cart.Sum(line => OrderedProducts.All.Single(product => product.Sku == line.Key).Price * line.Value);
        await PlacedAsync(() => CartRequest(HttpMethod.Post, "api/cart/checkout", key), total, cancellationToken);
        _cart.Clear();
    }

    private async Task PlacedAsync(Func<HttpRequestMessage> make, long total, CancellationToken cancellationToken)
    {
        var etag = "";
        if (await _client.SendAsync(make, HttpStatusCode.Created, cancellationToken, Read) is not { } placed)
        {
            return;
        }

        var order = new AcknowledgedOrder(customer, placed.GetProperty("id").GetString()!, total);
        Check(placed.GetProperty("total").GetInt64() == total, $"order {order.Id} has the total {placed.GetProperty("total")} instead of {total}");
        ledger.Orders.Add(order);
        _open.Add((order, etag));

        void Read(HttpResponseMessage response)
        {
            KeepCookie(response);
            etag = ETagOf(response);
        }
    }

    private async Task ChangeAsync(CancellationToken cancellationToken)
    {
        var index = random.Next(_open.Count);
        var (order, etag) = _open[index];
        var status = Statuses[order.Statuses.Count];
        var changed = await _client.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Patch, $"api/orders/{order.Id}")
            {
                Headers = { { "If-Match", etag } },
                Content = JsonContent.Create(new { status }),
            },
            HttpStatusCode.OK,
            cancellationToken,
            response => etag = ETagOf(response),
            also: HttpStatusCode.PreconditionFailed);
        // A repeated change finds the version that the first attempt wrote.
        changed ??= await GetAsync($"api/orders/{order.Id}", cancellationToken, response => etag = ETagOf(response));
        if (changed is not { } current)
        {
            return;
        }

        Check(current.GetProperty("status").GetString() == status, $"order {order.Id} is {current.GetProperty("status")} instead of {status}");
        order.Statuses.Add(status);
        _open[index] = (order, etag);
        if (order.Statuses.Count == Statuses.Length)
        {
            _open.RemoveAt(index);
        }
    }

    private async Task FillCartAsync(CancellationToken cancellationToken)
    {
        var (sku, quantity) = (OrderedProducts.All[random.Next(OrderedProducts.All.Count)].Sku, random.Next(1, 20));
        var cart = await _client.SendAsync(
            () =>
            {
                var request = CartRequest(HttpMethod.Put, $"api/cart/lines/{sku}", key: null);
                request.Content = JsonContent.Create(new { quantity });
                return request;
            },
            HttpStatusCode.OK,
            cancellationToken,
            KeepCookie);
        if (cart is { } filled)
        {
            _cart[sku] = quantity;
            var lines = filled.GetProperty("lines").EnumerateArray()
                .ToDictionary(line => line.GetProperty("sku").GetString()!, line => line.GetProperty("quantity").GetInt64());
            Check(lines.Count == _cart.Count && _cart.All(line => lines.TryGetValue(line.Key, out var stored) && stored == line.Value), $"the cart of {customer} has other lines: {filled}");
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var (order, _) = _open[random.Next(_open.Count)];
        if (await GetAsync($"api/orders/{order.Id}", cancellationToken) is { } read)
        {
            Check(read.GetProperty("total").GetInt64() == order.Total, $"order {order.Id} has the total {read.GetProperty("total")}");
        }
    }

    private Task<JsonElement?> BrowseAsync(CancellationToken cancellationToken) =>
        GetAsync(random.Next(2) == 0 ? "api/products" : $"api/products/{OrderedProducts.All[random.Next(OrderedProducts.All.Count)].Sku}", cancellationToken);

    private Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken, Action<HttpResponseMessage>? onResponse = null) =>
        _client.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), HttpStatusCode.OK, cancellationToken, onResponse);

    private static string ETagOf(HttpResponseMessage response) => response.Headers.ETag?.ToString() ?? "";

    private HttpRequestMessage CartRequest(HttpMethod method, string path, string? key)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (_session is not null)
        {
            request.Headers.Add("Cookie", _session);
        }

        return request;
    }

    private void KeepCookie(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues("Set-Cookie", out var cookies)
            && cookies.FirstOrDefault(cookie => cookie.StartsWith("sid=", StringComparison.Ordinal)) is { } cookie)
        {
            _session = cookie.Split(';')[0];
        }
    }

    private void Check(bool correct, string description)
    {
        if (!correct)
        {
            ledger.AddWrong(description);
        }
    }

    private string NewKey()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return $"\"{new Guid(bytes)}\"";
    }
}
