using System.Net;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>The app's own sender, as it is in production but for the permission to send to loopback.</summary>
internal sealed class Sender(string name, WebhookAttempt attempt) : IContender
{
    private readonly WebhookSender _sender = new(
        Dns.GetHostAddressesAsync,
        Options.Create(new WebhookSenderOptions()),
        Options.Create(new WebhookUrlOptions { AllowPrivateNetworks = true }),
        TimeProvider.System);

    public string Name => name;

    public async Task PostAsync(CancellationToken cancellationToken)
    {
        var result = await _sender.SendAsync(attempt, cancellationToken);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"A delivery failed: {result}");
        }
    }

    public void Dispose() => _sender.Dispose();
}
