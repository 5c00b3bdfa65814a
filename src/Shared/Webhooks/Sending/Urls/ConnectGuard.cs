using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>
/// Resolves a host name to its addresses, most preferred first, like <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>.
/// </summary>
/// <exception cref="SocketException">The name has no address, or the DNS server did not respond.</exception>
public delegate Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections for <see cref="WebhookSender"/>. Unless private networks are allowed, it connects only to public addresses. It
/// resolves the host name, checks every address, and connects to one of the checked addresses. It does not resolve the name a second time,
/// so an attacker cannot change the addresses between the check and the connection (DNS rebinding).
/// </summary>
public sealed class ConnectGuard(ResolveAsync resolve, bool allowPrivateNetworks, TimeProvider time)
{
    /// <summary>
    /// The maximum number of addresses to try. All addresses of the host name are checked, even the addresses beyond this limit.
    /// </summary>
    private const int MaxConnects = 6;

    /// <summary>
    /// The delay between the starts of consecutive connection attempts (the "Connection Attempt Delay" of RFC 8305 section 5).
    /// </summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>The callback for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <exception cref="AddressRefusedException">One of the addresses is not public, and private networks are not allowed.</exception>
    /// <exception cref="HostUnknownException">The host name has no address, or the DNS server did not respond.</exception>
    /// <exception cref="SocketException">No address accepted a connection.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(target.Host, cancellationToken);
        if (!allowPrivateNetworks)
        {
            foreach (var address in addresses)
            {
                // A single non-public address is enough to reject the host. A host that mixes public and non-public addresses is
                // misconfigured or hostile.
                if (PublicAddress.SpecialUse(address) is { } use)
                {
                    throw new AddressRefusedException(target.Host, address, use);
                }
            }
        }

        return new NetworkStream(await RaceAsync(InTurns(addresses), target.Port, cancellationToken), ownsSocket: true);
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        try
        {
            var addresses = await resolve(host, cancellationToken);
            return addresses.Length > 0 ? addresses : throw new HostUnknownException(host);
        }
        catch (SocketException failure)
        {
            throw new HostUnknownException(host, failure);
        }
    }

    /// <summary>
    /// Alternates IPv6 and IPv4 addresses. If connections with one protocol hang, the first address of the other protocol is tried after a
    /// single <see cref="HeadStart"/>. Without the alternation, each address of the first protocol would delay that attempt by one
    /// <see cref="HeadStart"/>.
    /// </summary>
    private static IPAddress[] InTurns(IPAddress[] addresses)
    {
        var first = addresses[0].AddressFamily;
        var preferred = addresses.Where(address => address.AddressFamily == first).Select((address, index) => (address, turn: 2 * index));
        var others = addresses.Where(address => address.AddressFamily != first).Select((address, index) => (address, turn: (2 * index) + 1));
        return [.. preferred.Concat(others).OrderBy(entry => entry.turn).Select(entry => entry.address).Take(MaxConnects)];
    }

    private async Task<Socket> RaceAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Socket>>();
        var started = 0;
        try
        {
            while (true)
            {
                if (started < addresses.Length)
                {
                    running.Add(OpenAsync(addresses[started++], port, race.Token));
                }

                var next = await NextAsync(running, waitsForOthers: started < addresses.Length, race.Token);
                if (next is null)
                {
                    continue;
                }

                running.Remove(next);
                if (next.IsCompletedSuccessfully || (running.Count == 0 && started == addresses.Length))
                {
                    return await next;
                }
            }
        }
        finally
        {
            await race.CancelAsync();
            // A connection that opens after the first successful one is not needed.
            foreach (var late in running)
            {
                _ = late.ContinueWith(
                    static finished => finished.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>
    /// Returns the first connection attempt that completes, or null if <see cref="HeadStart"/> elapses first. The caller then starts the
    /// next attempt.
    /// </summary>
    private async Task<Task<Socket>?> NextAsync(List<Task<Socket>> running, bool waitsForOthers, CancellationToken cancellationToken)
    {
        if (!waitsForOthers)
        {
            return await Task.WhenAny(running);
        }

        using var headStart = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var over = Task.Delay(HeadStart, time, headStart.Token);
        var first = await Task.WhenAny([.. running, over]);
        await headStart.CancelAsync();
        return first as Task<Socket>;
    }

    private static async Task<Socket> OpenAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The exception that is thrown when a connection is refused because the host has a non-public address.</summary>
public sealed class AddressRefusedException(string host, IPAddress address, string use)
    : Exception($"{host} has the address {address}, which is not public: {use}.");

/// <summary>The exception that is thrown when a host name has no address or the DNS server does not respond.</summary>
public sealed class HostUnknownException(string host, SocketException? innerException = null)
    : Exception($"{host} does not resolve{(innerException is null ? "" : $": {innerException.Message}")}.", innerException);
