using System.Net;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>Senders to a <see cref="MisbehavingReceiver"/>.</summary>
internal static class Senders
{
    public static readonly WebhookSecret Secret = WebhookSecret.Create();

    /// <summary>Every name leads to loopback, and that is allowed.</summary>
    public static WebhookSender ToLoopback(MisbehavingReceiver receiver, WebhookSenderOptions? limits = null) => new(
        (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
        Options.Create(limits ?? new WebhookSenderOptions()),
        Options.Create(new WebhookUrlOptions { AllowPrivateNetworks = true }),
        TimeProvider.System,
        receiver.Certificates.Trusted);

    /// <summary>As in production, but for the DNS.</summary>
    public static WebhookSender Guarded(ResolveAsync resolve) => new(
        resolve, Options.Create(new WebhookSenderOptions()), Options.Create(new WebhookUrlOptions()), TimeProvider.System);

    public static Task<AttemptResult> PostAsync(this WebhookSender sender, Uri url) => sender.SendAsync(
        new WebhookAttempt { Url = url, MessageId = "msg_1", Body = "{}"u8.ToArray(), Keys = new SigningKeys.Secrets(Secret) },
        TestContext.Current.CancellationToken);
}
