using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessScale.Tests.Reliability.Edge;

/// <summary>
/// A customer of the shop who does a bit of everything, repeats what was not answered, and checks each answer. It accepts nothing but
/// the right answer, 502 or 503 with <c>Retry-After</c>, or a cut line.
/// </summary>
internal sealed class MixedClient(HttpClient http, byte[] jpeg)
{
    private readonly ConcurrentDictionary<string, string> _orders = new();
    private readonly ConcurrentBag<string> _images = [];
    private readonly ConcurrentDictionary<string, int> _instances = new();
    private int _answers;
    private int _repeated;

    /// <summary>Ids of placed orders by their idempotency keys.</summary>
    public IReadOnlyDictionary<string, string> Orders => _orders;

    /// <summary>Ids of accepted uploads.</summary>
    public IReadOnlyCollection<string> Images => _images;

    /// <summary>How many answers came from each process.</summary>
    public IReadOnlyDictionary<string, int> Instances => _instances;

    /// <summary>Right answers.</summary>
    public int Answers => _answers;

    /// <summary>Requests that had to be sent again.</summary>
    public int Repeated => _repeated;

    /// <summary>One request of some kind, until it has its right answer.</summary>
    public Task DoSomethingAsync(Random random, CancellationToken cancellationToken) => random.Next(10) switch
    {
        0 => UploadAsync(cancellationToken),
        < 4 when Any(random, _images) is { } image => StatusAsync(image, cancellationToken),
        < 6 when Any(random, _orders.Keys) is { } key => PlaceAsync(key, cancellationToken),
        < 8 when Any(random, _orders.Values) is { } order => ReadAsync(order, cancellationToken),
        _ => PlaceAsync(Guid.NewGuid().ToString(), cancellationToken),
    };

    /// <summary>The ids of all orders, as the shop lists them.</summary>
    public async Task<List<string>> ListOrdersAsync(CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        var months = _orders.Values.Count == 0 ? [] : new HashSet<string>();
        foreach (var order in _orders.Values)
        {
            months.Add((await GetAsync($"api/orders/{order}", cancellationToken)).GetProperty("month").GetString()!);
        }

        foreach (var month in months)
        {
            string? cursor = null;
            do
            {
                var page = await GetAsync(
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
            if ((await GetAsync($"api/images/{image}", cancellationToken)).GetProperty("status").GetString() is ("ready" or "failed") and var status)
            {
                return status;
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        var answer = await RepeatAsync(
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
        var answer = await GetAsync($"api/images/{image}", cancellationToken);
        Assert.Equal(image, answer.GetProperty("id").GetString());
        Assert.Contains(answer.GetProperty("status").GetString(), (string[])["queued", "processing", "ready"]);
    }

    /// <summary>The quantity is made of the key, so that an answer can be told from another order's.</summary>
    private async Task PlaceAsync(string key, CancellationToken cancellationToken)
    {
        var quantity = 1 + (key[0] % 50);
        var answer = await RepeatAsync(
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

    private async Task ReadAsync(string order, CancellationToken cancellationToken)
    {
        var answer = await GetAsync($"api/orders/{order}", cancellationToken);
        Assert.Equal(order, answer.GetProperty("id").GetString());
        Assert.Equal(order, _orders[answer.GetProperty("lines")[0].GetProperty("sku").GetString()!]);
    }

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        RepeatAsync(() => new(HttpMethod.Get, path), HttpStatusCode.OK, cancellationToken);

    private async Task<JsonElement> RepeatAsync(Func<HttpRequestMessage> make, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = make();
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.StatusCode == expected)
                {
                    var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
                    Interlocked.Increment(ref _answers);
                    _instances.AddOrUpdate(response.Headers.GetValues("X-Instance-Id").Single(), 1, (_, count) => count + 1);
                    return answer;
                }

                var problem = await response.Content.ReadAsStringAsync(cancellationToken);
                Assert.True(IsTransient(response), $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {problem}");
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200), cancellationToken);
            }
            catch (HttpRequestException cut) when (cut is { InnerException: IOException, HttpRequestError: not HttpRequestError.ConnectionError })
            {
                // The instance ended in the middle of its answer.
            }

            Interlocked.Increment(ref _repeated);
        }
    }

    /// <summary>409: the order is still being placed by an instance that was cut off from its client.</summary>
    private static bool IsTransient(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && response.Headers.RetryAfter is not null
        && response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict;

    private static string? Any(Random random, IEnumerable<string> all) =>
        all.ToList() is { Count: > 0 } list ? list[random.Next(list.Count)] : null;
}
