using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// Whether an endpoint may be created at a URL: <see cref="WebhookUrl"/>'s rules, and a look at where its name leads today. That look
/// spares the owner a surprise; what keeps deliveries out of private networks is <see cref="ConnectGuard"/>.
/// </summary>
public sealed class WebhookUrlPolicy(ResolveAsync resolve, IOptions<WebhookUrlOptions> options, TimeProvider time)
{
    /// <returns>The URL, or a problem <c>webhook-url-refused</c>. A name whose DNS does not answer in time is accepted.</returns>
    public async Task<Outcome<Uri>> CheckAsync(string? url, CancellationToken cancellationToken)
    {
        var outcome = WebhookUrl.Check(url, options.Value);
        // Where private networks are allowed, receivers may come up later than their endpoints are created.
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
