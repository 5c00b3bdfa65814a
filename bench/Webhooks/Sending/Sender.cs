using System.Net;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>The app's own sender, with the production settings. Unlike in production, it may send to loopback addresses.</summary>
internal sealed class Sender(string name, WebhookAttempt attempt) : IContender
{
    private readonly WebhookSender _sender = new(
        Dns.GetHostAddressesAsync,
        Options.Create(new WebhookSenderOptions()),
        Options.Create(new WebhookUrlOptions { AllowPrivateNetworks = true }),
        TimeProvider.System);

    public string Name => name;

    public async Task<string?> PostAsync(CancellationToken cancellationToken)
    {
        var result = await _sender.SendAsync(attempt, cancellationToken);
        return result.Succeeded ? null : result.ToString();
    }

    public void Dispose() => _sender.Dispose();
}
