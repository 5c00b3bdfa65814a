using System.Net;
using System.Net.Sockets;

namespace ServerlessScale.Bench.Chaos;

/// <summary>
/// A TCP proxy between the workers and one storage service. It can cut all connections, and it can delay every block of data.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Task _accepting;
    private CancellationTokenSource _connections = new();
    private long _delayTicks;
    private volatile bool _refuses;

    public StorageProxy(Uri upstream)
    {
        _port = upstream.Port;
        _listener.Start();
        Address = new UriBuilder(upstream) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>The address of the proxy, with the path of the service.</summary>
    public Uri Address { get; }

    /// <summary>The delay of every block of data, in both directions.</summary>
    public TimeSpan Delay
    {
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Cuts all connections and closes new ones at once, until <see cref="Restore"/> is called.</summary>
    public void Cut()
    {
        _refuses = true;
        Interlocked.Exchange(ref _connections, new CancellationTokenSource()).Cancel();
    }

    public void Restore() => _refuses = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Cut();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (_refuses)
                {
                    client.Dispose();
                    continue;
                }

                _ = ConnectAsync(client, _connections.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The proxy stops, or the client has gone.
            }
        }
    }

    private async Task ConnectAsync(TcpClient client, CancellationToken cut)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port, cut);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(cut);
                var copies = new[] { CopyAsync(client, server, ended.Token), CopyAsync(server, client, ended.Token) };
                await Task.WhenAny(copies);
                await ended.CancelAsync();
                await Task.WhenAll(copies);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side closed the connection, or the connection was cut.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (source, destination) = (from.GetStream(), to.GetStream());
        while (await source.ReadAsync(buffer, cancellationToken) is var read && read > 0)
        {
            if (Interlocked.Read(ref _delayTicks) is > 0 and var ticks)
            {
                await Task.Delay(TimeSpan.FromTicks(ticks), cancellationToken);
            }

            await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
