using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Receiving;

/// <summary>A webhook that has arrived. The headers are those of Standard Webhooks.</summary>
internal sealed record Webhook(string Id, string Timestamp, string Signature, byte[] Body);

/// <summary>An HTTP server that accepts every webhook with 204, and passes it on for inspection.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>The largest body that the receiver accepts. The shop's webhooks are much smaller.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>The number of webhooks that are kept. Further webhooks replace the oldest ones, so that senders cannot fill the memory.</summary>
    private const int MaxWebhooks = 100;

    private readonly WebApplication _app;
    private readonly Channel<Webhook> _webhooks = Channel.CreateBounded<Webhook>(
        new BoundedChannelOptions(MaxWebhooks) { FullMode = BoundedChannelFullMode.DropOldest });

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>The URL of the receiver on this machine.</summary>
    public Uri LocalUrl => new($"http://127.0.0.1:{BindingAddress.Parse(_app.Urls.Single()).Port}/smoke-test");

    public ChannelReader<Webhook> Webhooks => _webhooks.Reader;

    /// <param name="port">The port; 0 selects a free port.</param>
    /// <param name="everyInterface">Whether other machines can reach the receiver. Otherwise, only this machine can reach it.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="CheckFailedException">The port cannot be used.</exception>
    public static async Task<WebhookReceiver> StartAsync(int port, bool everyInterface, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBytes;
            if (everyInterface)
            {
                kestrel.ListenAnyIP(port);
            }
            else
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        try
        {
            await receiver._app.StartAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await receiver.DisposeAsync();
            throw new CheckFailedException("The receiver cannot use its port", $"{failure.Message} Choose another port with --receiver-port.");
        }

        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var headers = http.Request.Headers;
        await _webhooks.Writer.WriteAsync(
            new(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray()),
            http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
