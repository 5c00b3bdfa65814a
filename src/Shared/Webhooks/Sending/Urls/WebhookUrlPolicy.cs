using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>
/// Decides whether a URL is allowed for an endpoint. Checks the URL's syntax with <see cref="WebhookUrl"/> and the addresses of its host
/// name. The address check tells the customer about a mistake early. It does not protect private networks, because the addresses can change
/// later. <see cref="ConnectGuard"/> protects private networks.
/// </summary>
public sealed class WebhookUrlPolicy(ResolveAsync resolve, IOptions<WebhookUrlOptions> options, TimeProvider time)
{
    /// <returns>
    /// The URL, or a <c>webhook-url-refused</c> problem. If the DNS server does not respond in time, the host name is accepted.
    /// </returns>
    public async Task<Outcome<Uri>> CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var outcome = WebhookUrl.Check(url, options.Value);
        // In development a receiver may start after its endpoint was created, so its host name may not resolve yet.
        if (!outcome.Succeeded(out var uri, out _) || uri.HostNameType != UriHostNameType.Dns || options.Value.AllowPrivateNetworks)
        {
            return outcome;
        }

        return await AddressProblemAsync(uri.Host, cancellationToken) is { } problem ? problem : uri;
    }

    private async Task<Problem?> AddressProblemAsync(string host, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Value.ResolveTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        IPAddress[] addresses;
        try
        {
            addresses = await resolve(host, either.Token);
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? WebhookUrlProblems.Unresolvable(host) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        foreach (var address in addresses)
        {
            if (PublicAddress.SpecialUse(address) is { } use)
            {
                return WebhookUrlProblems.ResolvesToSpecialAddress(host, address, use);
            }
        }

        return addresses.Length == 0 ? WebhookUrlProblems.Unresolvable(host) : null;
    }
}
