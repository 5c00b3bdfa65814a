using System.Net.Sockets;
using System.Text;

namespace ServerlessScale.Tests.Integration;

/// <summary>Sends bytes over a socket, for requests that an HTTP client would refuse to send.</summary>
internal static class RawHttp
{
    /// <summary>Sends the bytes and reads until the server closes the connection.</summary>
    /// <param name="server">The address of the server.</param>
    /// <param name="request">The bytes to send.</param>
    /// <param name="cancellationToken">Cancels the exchange.</param>
    /// <param name="halfClose">Whether to close the sending half of the connection after the last byte.</param>
    /// <returns>The received bytes as Latin-1 characters.</returns>
    public static async Task<string> ExchangeAsync(
        Uri server, ReadOnlyMemory<byte> request, CancellationToken cancellationToken, bool halfClose = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, cancellationToken);
        var stream = client.GetStream();
        using var received = new MemoryStream();
        var sending = SendAsync();
        try
        {
            await stream.CopyToAsync(received, cancellationToken);
        }
        catch (IOException)
        {
            // The server has reset the connection. The bytes that arrived before are the response.
        }

        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Encoding.Latin1.GetString(received.ToArray());

        async Task SendAsync()
        {
            await stream.WriteAsync(request, cancellationToken);
            if (halfClose)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
    }
}
