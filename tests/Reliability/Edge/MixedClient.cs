using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>A customer who uses every capability of the shop and checks every response.</summary>
internal sealed class MixedClient(PatientClient client, byte[] jpeg)
{
    private readonly ConcurrentDictionary<string, string> _orders = new();
    private readonly ConcurrentBag<string> _images = [];
    private readonly ConcurrentBag<MixedCart> _carts = [];
    private readonly ConcurrentBag<string> _cartOrders = [];

    /// <summary>The ids of the orders that were placed directly, by idempotency key.</summary>
    public IReadOnlyDictionary<string, string> Orders => _orders;

    /// <summary>The ids of the accepted uploads.</summary>
    public IReadOnlyCollection<string> Images => _images;

    /// <summary>The ids of the orders that were placed by checking out a cart.</summary>
    public IReadOnlyCollection<string> CartOrders => _cartOrders;

    /// <summary>Sends a request of a random kind and repeats it until it gets the expected response.</summary>
    public Task DoSomethingAsync(Random random, CancellationToken cancellationToken) => random.Next(14) switch
    {
        0 => UploadAsync(cancellationToken),
        < 4 when Any(random, _images) is { } image => StatusAsync(image, cancellationToken),
        < 6 when Any(random, _orders.Keys) is { } key => PlaceAsync(key, cancellationToken),
        < 8 when Any(random, _orders.Values) is { } order => ReadAsync(order, cancellationToken),
        < 12 => UseCartAsync(random, cancellationToken),
        _ => PlaceAsync(Guid.NewGuid().ToString(), cancellationToken),
    };

    /// <summary>Lists the ids of all orders of the customer.</summary>
    public async Task<List<string>> ListOrdersAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var months = new HashSet<string>();
        foreach (var order in _orders.Values.Concat(_cartOrders))
        {
            months.Add((await client.GetAsync($"api/orders/{order}", cancellationToken)).GetProperty("month").GetString()!);
        }

        foreach (var month in months)
        {
            string? cursor = null;
            do
            {
                var page = await client.GetAsync(
                    $"api/orders?month={month}&limit=50{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", cancellationToken);
                ids.AddRange(page.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("id").GetString()!));
                cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
            }
            while (cursor is not null);
        }

        return ids;
    }

    /// <summary>Returns the ids of the accepted uploads that are not ready yet.</summary>
    public async Task<IReadOnlyList<string>> UnfinishedImagesAsync(CancellationToken cancellationToken)
    {
        var unfinished = new List<string>();
        foreach (var image in _images)
        {
            var status = (await client.GetAsync($"api/images/{image}", cancellationToken)).GetProperty("status").GetString();
            Assert.NotEqual("failed", status);
            if (status != "ready")
            {
                unfinished.Add(image);
            }
        }

        return unfinished;
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(
            () => new(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(jpeg) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            HttpStatusCode.Accepted,
            cancellationToken);
        _images.Add(response.GetProperty("id").GetString()!);
    }

    private async Task StatusAsync(string image, CancellationToken cancellationToken)
    {
        var response = await client.GetAsync($"api/images/{image}", cancellationToken);
        Assert.Equal(image, response.GetProperty("id").GetString());
        Assert.Contains(response.GetProperty("status").GetString(), (string[])["queued", "processing", "ready"]);
    }

    /// <summary>
    /// Places an order. The quantity is derived from the idempotency key, so that the test detects a response for a different order.
    /// </summary>
    private async Task PlaceAsync(string key, CancellationToken cancellationToken)
    {
        var quantity = QuantityOf(key);
        var response = await client.SendAsync(
            () => new(HttpMethod.Post, "api/orders")
            {
                Headers = { { "Idempotency-Key", $"\"{key}\"" } },
                Content = JsonContent.Create(new { lines = new[] { new { sku = "mug", quantity } } }),
            },
            HttpStatusCode.Created,
            cancellationToken);
        Assert.Equal(KnownProducts.Price * quantity, response.GetProperty("total").GetInt64());
        var id = response.GetProperty("id").GetString()!;
        Assert.Equal(id, _orders.GetOrAdd(key, id));
    }

    private static int QuantityOf(string key) => 1 + (key[0] % 50);

    /// <summary>Reserves a session for one request. No other request changes the cart meanwhile, so its expected lines are known.</summary>
    private async Task UseCartAsync(Random random, CancellationToken cancellationToken)
    {
        var cart = _carts.TryTake(out var used) ? used : new MixedCart(client);
        if (await cart.DoSomethingAsync(random, cancellationToken) is { } order)
        {
            _cartOrders.Add(order);
        }

        _carts.Add(cart);
    }

    private async Task ReadAsync(string order, CancellationToken cancellationToken)
    {
        var response = await client.GetAsync($"api/orders/{order}", cancellationToken);
        Assert.Equal(order, response.GetProperty("id").GetString());
        var key = _orders.First(placed => placed.Value == order).Key;
        Assert.Equal(QuantityOf(key), response.GetProperty("lines")[0].GetProperty("quantity").GetInt32());
    }

    private static string? Any(Random random, IEnumerable<string> all) =>
        all.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : null;
}
