using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>A receiver that repeats the headers of a request in a response that is not valid HTTP.</summary>
internal sealed class InvalidReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _running;

    public InvalidReceiver()
    {
        _listener.Start();
        _running = RunAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var buffer = new byte[8192];
                var length = await connection.GetStream().ReadAsync(buffer);
                var line = Encoding.Latin1.GetString(buffer, 0, length).Split("\r\n")
                    .First(line => line.StartsWith("X-Gateway", StringComparison.OrdinalIgnoreCase));
                await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"NOT-HTTP {line}\r\n\r\n"));
            }
            catch (IOException)
            {
                // The sender has closed the connection.
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
