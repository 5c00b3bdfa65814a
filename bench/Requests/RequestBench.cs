using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Bench.Orders;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Requests;

/// <param name="Clients">The number of connections.</param>
/// <param name="Rounds">The number of turns of each kind of request.</param>
/// <param name="Requests">The number of requests per turn.</param>
internal sealed record RequestPlan(int Clients, int Rounds, int Requests);

/// <param name="Name">The kind of request.</param>
/// <param name="Microseconds">The processor time of the worker per request in each round.</param>
internal sealed record RequestResult(string Name, IReadOnlyList<double> Microseconds);

/// <summary>Sends requests to a local cloud and reads the processor time of its worker from the operating system.</summary>
internal sealed class RequestBench : IAsyncDisposable
{
    private const string Customer = "customer-0";
    private const int ListedOrders = 50;

    private readonly LocalCloud _cloud;
    private readonly FailedRequests _failed;
    private readonly HttpClient _client;
    private readonly HttpShop _shop;
    private IReadOnlyList<Kind> _kinds = [];

    private RequestBench(LocalCloud cloud, FailedRequests failed)
    {
        (_cloud, _failed) = (cloud, failed);
        _client = cloud.CreateClient(cloud.Token(Customer, "orders.read", "images.write"));
        _shop = new HttpShop(cloud, Customer, failed);
    }

    public static async Task<RequestBench> StartAsync(
        LocalOrderBackend store, string app, FailedRequests failed, Action<string> say, CancellationToken cancellationToken)
    {
        var options = new LocalCloudOptions
        {
            AppDirectory = app,
            Orders = store,
            // Events are not delivered, because their delivery would add to the processor time of the worker.
            Settings = new Dictionary<string, string> { ["AzureWebJobs.DispatchEvent.Disabled"] = "true" },
            Progress = say,
        };
        var bench = new RequestBench(await LocalCloud.StartAsync(options, cancellationToken), failed);
        try
        {
            await bench.PrepareAsync(say, cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<RequestResult>> RunAsync(
        RequestPlan plan, string? only, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        Kind[] kinds = [.. _kinds.Where((kind, i) => i == 0 || only is null || kind.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        progress.Begin(kinds.Length * (1 + plan.Rounds));
        var results = kinds.ToDictionary(kind => kind, _ => new List<double>());
        foreach (var kind in kinds)
        {
            await TurnAsync(kind, plan, cancellationToken);
            progress.Step($"{kind.Name}: warm-up");
        }

        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var kind in kinds.Skip(round % kinds.Length).Concat(kinds.Take(round % kinds.Length)))
            {
                results[kind].Add(await TurnAsync(kind, plan, cancellationToken));
                progress.Step($"{kind.Name}: {results[kind][^1]:0} µs");
            }
        }

        return [.. kinds.Select(kind => new RequestResult(kind.Name, results[kind]))];
    }

    public async ValueTask DisposeAsync()
    {
        _shop.Dispose();
        _client.Dispose();
        await _cloud.DisposeAsync();
    }

    private async Task<double> TurnAsync(Kind kind, RequestPlan plan, CancellationToken cancellationToken)
    {
        using var worker = Process.GetProcessById(_cloud.WorkerProcessId ?? throw new CommandException("The worker is not running."));
        var left = plan.Requests;
        var before = worker.TotalProcessorTime;
        await Task.WhenAll(Enumerable.Range(0, plan.Clients).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    await kind.SendAsync(cancellationToken);
                }
            },
            cancellationToken)));
        worker.Refresh();
        return (worker.TotalProcessorTime - before).TotalMicroseconds / plan.Requests;
    }

    private async Task PrepareAsync(Action<string> say, CancellationToken cancellationToken)
    {
        await OrderedProducts.AddAsync(_cloud, cancellationToken);
        say("Placing orders and uploading a photograph.");
        var orders = new List<string>();
        for (var i = 0; i < ListedOrders; i++)
        {
            orders.Add(await _shop.PlaceSurelyAsync(cancellationToken));
        }

        var (variant, etag) = await VariantAsync(cancellationToken);
        var cookie = await SessionAsync(cancellationToken);
        _kinds =
        [
            new("empty function", _shop.CallEmptyFunctionAsync),
            Get("labels", "api/order-statuses/en"),
            Get("variant, 304", variant, HttpStatusCode.NotModified, request => request.Headers.IfNoneMatch.Add(etag)),
            Get("variant", variant),
            Get("product read", $"api/products/{OrderedProducts.All[0].Sku}"),
            Get("cart read", "api/cart", HttpStatusCode.OK, request => request.Headers.Add("Cookie", cookie)),
            new("order read", ct => _shop.ReadAsync(orders[0], ct)),
            Get($"list of {ListedOrders} orders", $"api/orders?limit={ListedOrders}"),
            new("order create", async ct => await _shop.PlaceAsync(ct) is not null),
        ];
    }

    private Kind Get(
        string name, string path, HttpStatusCode expected = HttpStatusCode.OK, Action<HttpRequestMessage>? prepare = null) => new(name, async ct =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            prepare?.Invoke(request);
            using var response = await _failed.SendAsync(_client, name, request, ct, expected);
            return response is not null;
        });

    /// <returns>The path and the entity tag of a variant of the sample photograph.</returns>
    private async Task<(string Path, EntityTagHeaderValue ETag)> VariantAsync(CancellationToken cancellationToken)
    {
        var photograph = await File.ReadAllBytesAsync(Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), cancellationToken);
        using var accepted = await _failed.SendUntilExpectedAsync(
            _client,
            "POST api/images",
            () => new HttpRequestMessage(HttpMethod.Post, "api/images")
            {
                Content = new ByteArrayContent(photograph) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            },
            cancellationToken,
            HttpStatusCode.Accepted);
        var status = accepted.Headers.Location!;
        while (true)
        {
            var image = await _client.GetFromJsonAsync<JsonElement>(status, cancellationToken);
            switch (image.GetProperty("status").GetString())
            {
                case "ready":
                    var path = image.GetProperty("variants").EnumerateArray().Last().GetProperty("url").GetString()!;
                    using (var response = await _client.GetAsync(path, cancellationToken))
                    {
                        return (path, response.Headers.ETag!);
                    }

                case "failed":
                    throw new CommandException($"The photograph failed: {image}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }
    }

    /// <returns>The cookie of a session whose cart has one line.</returns>
    private async Task<string> SessionAsync(CancellationToken cancellationToken)
    {
        using var response = await _failed.SendUntilExpectedAsync(
            _client,
            "PUT api/cart/lines/{sku}",
            () => new HttpRequestMessage(HttpMethod.Put, $"api/cart/lines/{OrderedProducts.All[0].Sku}") { Content = JsonContent.Create(new { quantity = 1 }) },
            cancellationToken,
            HttpStatusCode.OK);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <param name="SendAsync">Sends one request. Returns false when it failed.</param>
    private sealed record Kind(string Name, Func<CancellationToken, Task<bool>> SendAsync);
}
