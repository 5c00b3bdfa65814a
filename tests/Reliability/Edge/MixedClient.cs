using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// A customer of the shop who does a bit of everything, and checks each answer.
/// </summary>
internal sealed class MixedClient(PatientClient client, byte[] jpeg)
{
    private readonly ConcurrentDictionary<string, string> _orders = new();
    private readonly ConcurrentBag<string> _images = [];
    private readonly ConcurrentBag<MixedCart> _carts = [];
    private readonly ConcurrentBag<string> _cartOrders = [];

    /// <summary>Ids of placed orders by their idempotency keys.</summary>
    public IReadOnlyDictionary<string, string> Orders => _orders;

    /// <summary>Ids of accepted uploads.</summary>
    public IReadOnlyCollection<string> Images => _images;

    /// <summary>Ids of orders that carts became.</summary>
    public IReadOnlyCollection<string> CartOrders => _cartOrders;

    /// <summary>One request of some kind, until it has its right answer.</summary>
    public Task DoSomethingAsync(Random random, CancellationToken cancellationToken) => random.Next(14) switch
    {
        0 => UploadAsync(cancellationToken),
        < 4 when Any(random, _images) is { } image => StatusAsync(image, cancellationToken),
        < 6 when Any(random, _orders.Keys) is { } key => PlaceAsync(key, cancellationToken),
        < 8 when Any(random, _orders.Values) is { } order => ReadAsync(order, cancellationToken),
        < 12 => UseCartAsync(random, cancellationToken),
        _ => PlaceAsync(Guid.NewGuid().ToString(), cancellationToken),
    };

    /// <summary>The ids of all orders, as the shop lists them.</summary>
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

    /// <summary>Waits for an upload's end.</summary>
    public async Task<string> EndOfAsync(string image, CancellationToken cancellationToken)
    {
        while (true)
        {
            if ((await client.GetAsync($"api/images/{image}", cancellationToken)).GetProperty("status").GetString() is ("ready" or "failed") and var status)
            {
                return status;
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            () => new(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(jpeg) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            HttpStatusCode.Accepted,
            cancellationToken);
        _images.Add(answer.GetProperty("id").GetString()!);
    }

    private async Task StatusAsync(string image, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync($"api/images/{image}", cancellationToken);
        Assert.Equal(image, answer.GetProperty("id").GetString());
        Assert.Contains(answer.GetProperty("status").GetString(), (string[])["queued", "processing", "ready"]);
    }

    /// <summary>The quantity is made of the key, so that an answer can be told from another order's.</summary>
    private async Task PlaceAsync(string key, CancellationToken cancellationToken)
    {
        var quantity = 1 + (key[0] % 50);
        var answer = await client.SendAsync(
            () => new(HttpMethod.Post, "api/orders")
            {
                Headers = { { "Idempotency-Key", $"\"{key}\"" } },
                Content = JsonContent.Create(new { currency = "EUR", lines = new[] { new { sku = key, quantity, unitPrice = 3 } } }),
            },
            HttpStatusCode.Created,
            cancellationToken);
        Assert.Equal(3 * quantity, answer.GetProperty("total").GetInt32());
        var id = answer.GetProperty("id").GetString()!;
        Assert.Equal(id, _orders.GetOrAdd(key, id));
    }

    /// <summary>A session is nobody else's meanwhile, so that it is known what its cart holds.</summary>
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
        var answer = await client.GetAsync($"api/orders/{order}", cancellationToken);
        Assert.Equal(order, answer.GetProperty("id").GetString());
        Assert.Equal(order, _orders[answer.GetProperty("lines")[0].GetProperty("sku").GetString()!]);
    }

    private static string? Any(Random random, IEnumerable<string> all) =>
        all.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : null;
}
