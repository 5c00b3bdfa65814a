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

/// <summary>One request that a receiver got.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, byte[] Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");

    /// <summary>As Standard Webhooks says, written from the receiver's side.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content));
        return Signature.Split(' ').Contains(expected);
    }
}

/// <summary>What a receiver answers.</summary>
internal sealed record Answer(int Status, string Body = "")
{
    public static Answer Ok { get; } = new(200);
}

/// <summary>A real HTTP server on loopback that answers as a test says, and remembers what it was sent.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _requests = new();

    private Receiver(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>In the order of their arrival.</summary>
    public IReadOnlyList<Received> Requests => [.. _requests];

    public static async Task<Receiver> StartAsync(Func<Received, CancellationToken, Task<Answer>>? answer = null)
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
            var said = answer is null ? Answer.Ok : await answer(received, http.RequestAborted);
            http.Response.StatusCode = said.Status;
            if (said.Body.Length > 0)
            {
                await http.Response.WriteAsync(said.Body, http.RequestAborted);
            }
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = new Uri(receiver._app.Urls.Single() + "/webhooks");
        return receiver;
    }

    /// <summary>Waits for so many requests and returns all that are there then.</summary>
    public async Task<IReadOnlyList<Received>> ReceiveAsync(int count)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_requests.Count >= count), $"the receiver gets {count} requests");
        return Requests;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
