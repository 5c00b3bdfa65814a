using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>
/// Decides whether an endpoint may be created for a URL: checks its syntax (<see cref="WebhookUrl"/>) and the addresses of its host
/// name. Checking the addresses here tells the owner about a mistake early. It does not protect private networks, because the addresses
/// can change afterwards; <see cref="ConnectGuard"/> does.
/// </summary>
public sealed class WebhookUrlPolicy(ResolveAsync resolve, IOptions<WebhookUrlOptions> options, TimeProvider time)
{
    /// <returns>The URL, or the problem <c>webhook-url-refused</c>. A host name is accepted when the DNS server does not respond in time.</returns>
    public async Task<Outcome<Uri>> CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var outcome = WebhookUrl.Check(url, options.Value);
        // In development a receiver may start after its endpoint was created, so its host name need not resolve yet.
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
