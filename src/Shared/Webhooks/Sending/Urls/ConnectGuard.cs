using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>Finds the addresses of a host name, the preferred one first, as <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> does.</summary>
/// <exception cref="SocketException">The name has no address, or the DNS server did not respond.</exception>
public delegate Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens the connections of <see cref="WebhookSender"/>, to public addresses only. The guard resolves the host name, checks every
/// address, and connects to one of the checked addresses. It does not resolve the name a second time, so an attacker cannot exchange
/// the addresses between check and connection (DNS rebinding).
/// </summary>
public sealed class ConnectGuard(ResolveAsync resolve, bool allowPrivateNetworks, TimeProvider time)
{
    /// <summary>The most addresses of a name to connect to. All addresses are checked, even those beyond this number.</summary>
    private const int MaxConnects = 6;

    /// <summary>How long a connection attempt runs alone before the next one starts beside it ("Happy Eyeballs", RFC 8305 section 5).</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>The callback for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <exception cref="AddressRefusedException">One of the addresses is not public.</exception>
    /// <exception cref="HostUnknownException">The host name has no address.</exception>
    /// <exception cref="SocketException">No address accepted a connection.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(target.Host, cancellationToken);
        if (!allowPrivateNetworks)
        {
            foreach (var address in addresses)
            {
                // One address that is not public is enough to refuse: a name with both kinds is either a mistake or an attack.
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
    /// Alternates IPv6 and IPv4 addresses. When one of the two protocols does not work, the connection then waits for one head start,
    /// and not for one per address.
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
            // A connection that opens after the winner is not used.
            foreach (var late in running)
            {
                _ = late.ContinueWith(
                    static finished => finished.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>The connection attempt that ended first; null when the head start is over and the next attempt should start.</summary>
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

/// <summary>No connection was opened, because the host has an address that is not public.</summary>
public sealed class AddressRefusedException(string host, IPAddress address, string use)
    : Exception($"{host} has the address {address}, which is not public: {use}.");

/// <summary>No connection was opened, because the host name has no address or the DNS server did not respond.</summary>
public sealed class HostUnknownException(string host, SocketException? innerException = null)
    : Exception($"{host} does not resolve{(innerException is null ? "" : $": {innerException.Message}")}.", innerException);
