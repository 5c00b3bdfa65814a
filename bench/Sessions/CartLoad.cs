using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ServerlessScale.Local;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Sessions;

/// <summary>Simulates shoppers in a local cloud with one of the session stores. Each shopper sends one request at a time.</summary>
internal sealed class CartLoad : IAsyncDisposable
{
    private readonly LocalCloud _cloud;
    private readonly HttpClient _client;
    private readonly FailedRequests _failed;
    private readonly List<Turn> _turns = [];
    private string[] _cookies = [];

    private CartLoad(LocalCloud cloud, FailedRequests failed) => (_cloud, _client, _failed) = (cloud, cloud.CreateClient(), failed);

    public IReadOnlyList<Turn> Turns => _turns;

    public static async Task<CartLoad> StartAsync(
        LocalSessionBackend sessions, string app, int shoppers, FailedRequests failed, Action<string> say, CancellationToken cancellationToken)
    {
        var load = new CartLoad(
            await LocalCloud.StartAsync(new LocalCloudOptions { AppDirectory = app, Sessions = sessions, Progress = say }, cancellationToken), failed);
        try
        {
            await BenchProducts.AddAsync(load._cloud, Enumerable.Range(0, 3).Select(sku => ($"sku-{sku}", 1250L)), cancellationToken);
            load._cookies = await Task.WhenAll(Enumerable.Range(0, shoppers).Select(_ => load.StartSessionAsync(cancellationToken)));
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one turn of reads, and then one turn of changes.</summary>
    /// <param name="requests">The number of requests that each shopper sends per turn.</param>
    /// <param name="record">Whether to record the turns. False for a warm-up.</param>
    /// <param name="cancellationToken">Cancels the turns.</param>
    public async Task RunAsync(int requests, bool record, CancellationToken cancellationToken)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put])
        {
            var started = Stopwatch.GetTimestamp();
            var latencies = await Task.WhenAll(_cookies.Select(async cookie =>
            {
                var own = new List<double>(requests);
                for (var number = 0; number < requests; number++)
                {
                    using var request = CartRequest(method, sku: 0, quantity: number + 1, cookie);
                    var sent = Stopwatch.GetTimestamp();
                    using var response = await _failed.SendAsync(_client, Name(method), request, cancellationToken, HttpStatusCode.OK);
                    if (response is not null)
                    {
                        own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                    }
                }

                return own;
            }));
            if (record)
            {
                _turns.Add(new Turn(method.Method, Stopwatch.GetElapsedTime(started), [.. latencies.SelectMany(own => own)]));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _cloud.DisposeAsync();
    }

    /// <returns>The cookie of a new session whose cart has three lines.</returns>
    private async Task<string> StartSessionAsync(CancellationToken cancellationToken)
    {
        string? cookie = null;
        for (var sku = 0; sku < 3; sku++)
        {
            var (number, known) = (sku, cookie);
            using var response = await _failed.SendUntilExpectedAsync(
                _client, Name(HttpMethod.Put), () => CartRequest(HttpMethod.Put, number, quantity: 1, known), cancellationToken, HttpStatusCode.OK);
            cookie ??= response.Headers.TryGetValues("Set-Cookie", out var cookies)
                ? cookies.Single().Split(';')[0]
                : throw new CommandException("Adding the first line to a cart did not start a session. The response has no cookie.");
        }

        return cookie!;
    }

    private static string Name(HttpMethod method) => method == HttpMethod.Get ? "GET api/cart" : "PUT api/cart/lines/{sku}";

    private static HttpRequestMessage CartRequest(HttpMethod method, int sku, int quantity, string? cookie)
    {
        var request = new HttpRequestMessage(method, method == HttpMethod.Get ? "api/cart" : $"api/cart/lines/sku-{sku}");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (method == HttpMethod.Put)
        {
            request.Content = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"quantity":{{quantity}}}"""),
                Encoding.UTF8,
                "application/json");
        }

        return request;
    }
}

/// <summary>The latencies of requests with one HTTP method to one store in one turn.</summary>
/// <param name="Request"><c>GET</c> or <c>PUT</c>.</param>
/// <param name="Elapsed">The time from the first request to the last response.</param>
/// <param name="Milliseconds">The latency of each request, in no particular order.</param>
internal sealed record Turn(string Request, TimeSpan Elapsed, IReadOnlyList<double> Milliseconds);
