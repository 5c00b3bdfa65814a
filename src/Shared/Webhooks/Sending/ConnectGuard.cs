using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// Opens the connections of <see cref="WebhookSender"/>, to public addresses only. It resolves the name itself, looks at every address
/// and connects to one of those it looked at, so a name that changes its addresses in between gains nothing.
/// </summary>
public sealed class ConnectGuard(ResolveAsync resolve, bool allowPrivateNetworks, TimeProvider time)
{
    /// <summary>A name with more addresses is checked whole, but tried no further.</summary>
    private const int MostTried = 6;

    /// <summary>The head start of an address before the next is tried beside it ("Happy Eyeballs", RFC 8305 section 5).</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, cancellationToken);

    /// <exception cref="AddressRefusedException">One of the addresses is not public.</exception>
    /// <exception cref="HostUnknownException">There is no address.</exception>
    /// <exception cref="SocketException">None of the addresses can be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(target.Host, cancellationToken);
        if (!allowPrivateNetworks)
        {
            foreach (var address in addresses)
            {
                // One is enough: a name with a public and a private address is either a mistake or an attack.
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

    /// <summary>The families take turns, so that a broken IPv6 costs one head start and not one for every address.</summary>
    private static IPAddress[] InTurns(IPAddress[] addresses)
    {
        var first = addresses[0].AddressFamily;
        var preferred = addresses.Where(address => address.AddressFamily == first).Select((address, index) => (address, turn: 2 * index));
        var others = addresses.Where(address => address.AddressFamily != first).Select((address, index) => (address, turn: (2 * index) + 1));
        return [.. preferred.Concat(others).OrderBy(entry => entry.turn).Select(entry => entry.address).Take(MostTried)];
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
            foreach (var late in running)
            {
                _ = late.ContinueWith(
                    static finished => finished.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>The attempt that ended first, or null when it is time for another one.</summary>
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
