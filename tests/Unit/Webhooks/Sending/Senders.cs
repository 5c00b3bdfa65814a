using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

internal static class Senders
{
    public static readonly WebhookSecret Secret = WebhookSecret.Create();

    /// <summary>
    /// Creates a sender that is allowed to send to private networks. Every host name resolves to the receiver on loopback.
    /// </summary>
    public static WebhookSender ToLoopback(MisbehavingReceiver receiver, WebhookSenderOptions? limits = null) => new(
        (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
        Options.Create(limits ?? new WebhookSenderOptions()),
        Options.Create(new WebhookUrlOptions { AllowPrivateNetworks = true }),
        TimeProvider.System,
        receiver.Certificates.Trusted);

    /// <summary>Creates a sender with production settings and the given name resolution.</summary>
    public static WebhookSender Guarded(ResolveAsync resolve) => new(
        resolve, Options.Create(new WebhookSenderOptions()), Options.Create(new WebhookUrlOptions()), TimeProvider.System);

    /// <summary>Sends a small delivery to the URL.</summary>
    public static Task<AttemptResult> PostAsync(this WebhookSender sender, Uri url) => sender.SendAsync(
        new WebhookAttempt { Url = url, MessageId = "msg_1", Body = "{}"u8.ToArray(), Keys = new SigningKeys.Secrets(Secret) },
        TestContext.Current.CancellationToken);
}

internal static class ClosedPort
{
    /// <summary>Returns a loopback port that no process listens on.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
