using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>A request that a receiver has received.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, byte[] Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");

    /// <summary>Verifies the signature as Standard Webhooks specifies. This code is independent of the code under test.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content));
        return Signature.Split(' ').Contains(expected);
    }
}

/// <summary>The response that a receiver sends to a request.</summary>
internal sealed record ReceiverResponse(int Status, string Body = "")
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static ReceiverResponse Ok { get; } = new(200);
}

/// <summary>A real HTTP server on the loopback interface. Tests choose its responses and read the requests that it has received.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _requests = new();

    private Receiver(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The received requests, in the order of their arrival.</summary>
    public IReadOnlyList<Received> Requests => [.. _requests];

    /// <param name="respond">Returns the response to a request. If null, every request gets 200.</param>
    public static async Task<Receiver> StartAsync(Func<Received, CancellationToken, Task<ReceiverResponse>>? respond = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            var received = new Received(
                http.Request.Headers["webhook-id"].ToString(), http.Request.Headers["webhook-timestamp"].ToString(),
                http.Request.Headers["webhook-signature"].ToString(), body.ToArray());
            receiver._requests.Enqueue(received);
            var response = respond is null ? ReceiverResponse.Ok : await respond(received, http.RequestAborted);
            http.Response.StatusCode = response.Status;
            foreach (var (name, value) in response.Headers)
            {
                http.Response.Headers[name] = value;
            }

            if (response.Body.Length > 0)
            {
                await http.Response.WriteAsync(response.Body, http.RequestAborted);
            }
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = new Uri(receiver._app.Urls.Single() + "/webhooks");
        return receiver;
    }

    /// <summary>
    /// Waits until at least <paramref name="count"/> requests have arrived. Returns all requests that have arrived by then.
    /// </summary>
    public async Task<IReadOnlyList<Received>> ReceiveAsync(int count)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_requests.Count >= count), $"the receiver has received {count} requests");
        return Requests;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
