using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.Chaos;

/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Type">The type of the event.</param>
/// <param name="Resource">The id of the order or of the image.</param>
/// <param name="Status">The status of the order or of the image.</param>
internal sealed record ReceivedEvent(string Id, string Type, string Resource, string? Status);

/// <summary>
/// Receives webhooks, verifies their signatures (Standard Webhooks 1.0.0), and answers a part of the first attempts with 500. Each customer
/// has a path of its own.
/// </summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private const double Refusals = 0.05;

    private readonly WebApplication _app;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _attempted = [];
    private readonly Dictionary<string, byte[]> _secrets = [];
    private readonly ConcurrentDictionary<string, List<ReceivedEvent>> _events = new();
    private int _duplicates;
    private int _invalid;

    private EventReceiver(WebApplication app, int seed) => (_app, _random) = (app, new Random(seed));

    /// <summary>The number of events that were received again after the receiver had accepted them.</summary>
    public int Duplicates => _duplicates;

    /// <summary>The number of requests without a valid signature.</summary>
    public int Invalid => _invalid;

    public static async Task<EventReceiver> StartAsync(int seed, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new EventReceiver(app, seed);
        app.Run(receiver.ReceiveAsync);
        await app.StartAsync(cancellationToken);
        return receiver;
    }

    public Uri UrlOf(string customer) => new($"{_app.Urls.First()}/{customer}");

    /// <param name="secret">The secret of the customer's endpoint, such as <c>whsec_...</c>.</param>
    public void Trust(string customer, string secret)
    {
        lock (_lock)
        {
            _secrets[customer] = Convert.FromBase64String(secret["whsec_".Length..]);
        }
    }

    /// <summary>Returns the accepted events of a customer in order of arrival, without duplicates.</summary>
    public IReadOnlyList<ReceivedEvent> EventsOf(string customer)
    {
        lock (_lock)
        {
            return _events.TryGetValue(customer, out var events) ? [.. events] : [];
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var customer = context.Request.Path.Value![1..];
        var id = context.Request.Headers["webhook-id"].ToString();
        context.Response.StatusCode = Accept(customer, id, context.Request, body.ToArray());
    }

    private int Accept(string customer, string id, HttpRequest request, byte[] body)
    {
        lock (_lock)
        {
            if (!_secrets.TryGetValue(customer, out var secret) || !IsSigned(request, id, secret, body))
            {
                _invalid++;
                return 401;
            }

            if (_attempted.Add($"{customer} {id}") && _random.NextDouble() < Refusals)
            {
                return 500;
            }

            var events = _events.GetOrAdd(customer, _ => []);
            if (events.Any(known => known.Id == id))
            {
                _duplicates++;
                return 204;
            }

            using var document = JsonDocument.Parse(body);
            var data = document.RootElement.GetProperty("data");
            events.Add(new ReceivedEvent(
                id,
                document.RootElement.GetProperty("type").GetString()!,
                data.TryGetProperty("id", out var resource) ? resource.GetString()! : "",
                data.TryGetProperty("status", out var status) ? status.GetString() : null));
            return 204;
        }
    }

    private static bool IsSigned(HttpRequest request, string id, byte[] secret, byte[] body)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{request.Headers["webhook-timestamp"]}."), .. body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content));
        return request.Headers["webhook-signature"].ToString().Split(' ').Contains(expected);
    }
}
