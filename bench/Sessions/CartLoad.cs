using System.Diagnostics;
using System.Globalization;
using System.Text;
using ServerlessScale.Local;

namespace ServerlessScale.Bench.Sessions;

/// <summary>A local cloud with one of the stores, and shoppers who send one request after the other.</summary>
internal sealed class CartLoad : IAsyncDisposable
{
    private readonly LocalCloud _cloud;
    private readonly HttpClient _client;
    private readonly List<Turn> _turns = [];
    private string[] _cookies = [];

    private CartLoad(LocalCloud cloud) => (_cloud, _client) = (cloud, cloud.CreateClient());

    /// <summary>Those that count.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    public static async Task<CartLoad> StartAsync(SessionBackend sessions, string app, int shoppers, CancellationToken cancellationToken)
    {
        var load = new CartLoad(await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = app, Sessions = sessions, Progress = Console.Error.WriteLine }, cancellationToken));
        try
        {
            load._cookies = await Task.WhenAll(Enumerable.Range(0, shoppers).Select(_ => load.BeginAsync(cancellationToken)));
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public async Task RunAsync(int requests, bool counts, CancellationToken cancellationToken)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put])
        {
            var started = Stopwatch.GetTimestamp();
            var latencies = await Task.WhenAll(_cookies.Select(async cookie =>
            {
                var own = new List<TimeSpan>(requests);
                for (var request = 0; request < requests; request++)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await SendAsync(method, sku: 0, quantity: request + 1, cookie, cancellationToken);
                    own.Add(Stopwatch.GetElapsedTime(sent));
                }

                return own;
            }));
            if (counts)
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

    /// <returns>The cookie of a cart with three lines.</returns>
    private async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        var cookie = await SendAsync(HttpMethod.Put, sku: 0, quantity: 1, cookie: null, cancellationToken)
            ?? throw new LocalCloudException("The first line of a cart began no session.");
        await SendAsync(HttpMethod.Put, sku: 1, quantity: 1, cookie, cancellationToken);
        await SendAsync(HttpMethod.Put, sku: 2, quantity: 1, cookie, cancellationToken);
        return cookie;
    }

    private async Task<string?> SendAsync(HttpMethod method, int sku, int quantity, string? cookie, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, method == HttpMethod.Get ? "api/cart" : FormattableString.Invariant($"api/cart/lines/sku-{sku}"));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (method == HttpMethod.Put)
        {
            request.Content = new StringContent(
                string.Create(CultureInfo.InvariantCulture, $$"""{"quantity":{{quantity}},"unitPrice":1250,"currency":"EUR"}"""),
                Encoding.UTF8,
                "application/json");
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LocalCloudException($"{request.RequestUri} answered {(int)response.StatusCode}: {body}");
        }

        return response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single().Split(';')[0] : null;
    }
}
