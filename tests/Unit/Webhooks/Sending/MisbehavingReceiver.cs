using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>
/// An HTTP server on loopback. The request's path selects the response. One port serves HTTP, one port serves TLS with a certificate per
/// host name, and one port serves raw responses that violate HTTP (<see cref="RawResponses"/>).
/// </summary>
public sealed class MisbehavingReceiver : IAsyncLifetime
{
    private readonly ReceiverCertificates _certificates = new();

    private readonly WebApplication _app;

    private int _connections;

    public MisbehavingReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, Count);
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                Count(listen);
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificateSelector = (_, name) => _certificates.For(name) });
            });
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                Count(listen);
                listen.Run(RawResponses.RespondAsync);
            });
        });
        _app = builder.Build();
        _app.Run(RespondAsync);
    }

    public ReceiverCertificates Certificates => _certificates;

    public ConcurrentQueue<ReceivedDelivery> Received { get; } = [];

    /// <summary>The body of the response to <c>/.well-known/webhook-keys</c>.</summary>
    public byte[] PublishedKeys { get; set; } = [];

    /// <summary>The number of connections opened so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public Uri Url(string path) => new($"http://127.0.0.1:{Port(0)}/{path}");

    public Uri TlsUrl(string host) => new($"https://{host}:{Port(1)}/status/204");

    /// <param name="behaviour">The name of a response in <see cref="RawResponses"/>.</param>
    public Uri RawUrl(string behaviour) => new($"http://127.0.0.1:{Port(2)}/{behaviour}");

    public async ValueTask InitializeAsync() => await _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        // A graceful stop would wait forever because some responses never end.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _certificates.Dispose();
    }

    private void Count(ListenOptions listen) => listen.Use(next => connection =>
    {
        Interlocked.Increment(ref _connections);
        return next(connection);
    });

    private int Port(int index) => new Uri(
        _app.Urls.ElementAt(index)).Port;

    private async Task RespondAsync(HttpContext context)
    {
        var gone = context.RequestAborted;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, gone);
        Received.Enqueue(new ReceivedDelivery(
            context.Request.Path,
            context.Request.Protocol,
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            body.ToArray()));

        var response = context.Response;
        switch (context.Request.Path.Value!.Trim('/').Split('/'))
        {
            case ["status", var status]:
                response.StatusCode = int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
                if (context.Request.Query["retryAfter"].ToString() is { Length: > 0 } retryAfter)
                {
                    response.Headers.RetryAfter = retryAfter;
                }

                if (response.StatusCode is >= 300 and < 400)
                {
                    response.Headers.Location = "/redirected";
                }

                response.Headers.SetCookie = "session=1";
                break;
            case [".well-known", "webhook-keys"]:
                await response.Body.WriteAsync(PublishedKeys, gone);
                break;
            case ["text"]:
                await response.WriteAsync(context.Request.Query["of"].ToString(), gone);
                break;
            case ["bytes", var count]:
                await response.Body.WriteAsync(Encoding.ASCII.GetBytes(new string('x', int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))), gone);
                break;
            case ["cut-character"]:
                await response.WriteAsync(new string('x', 1023) + "é and more", gone);
                break;
            case ["not-utf8"]:
                await response.Body.WriteAsync(new byte[] { (byte)'a', 0xFF, (byte)'b', 0xC3 }, gone);
                break;
            case ["gzip-bomb"]:
                response.Headers.ContentEncoding = "gzip";
                await using (var zip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true))
                {
                    await zip.WriteAsync(new byte[16 * 1024 * 1024], gone);
                }

                break;
            case ["endless"]:
                while (!gone.IsCancellationRequested)
                {
                    await response.Body.WriteAsync(new byte[16 * 1024], gone);
                }

                break;
            case ["drip"]:
                while (!gone.IsCancellationRequested)
                {
                    await response.WriteAsync("x", gone);
                    await response.Body.FlushAsync(gone);
                    await Task.Delay(20, gone);
                }

                break;
            case ["abort"]:
                context.Abort();
                break;
            case ["hang"]:
                await Task.Delay(Timeout.Infinite, gone);
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}

/// <param name="Headers">The headers, with their names in lower case.</param>
public sealed record ReceivedDelivery(string Path, string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body);
