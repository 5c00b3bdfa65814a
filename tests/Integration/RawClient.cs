using System.Net.Sockets;
using System.Text;

namespace ServerlessScale.Tests.Integration;

/// <summary>A client that sends text unchanged, including malformed requests that an HTTP library would refuse to send.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private NetworkStream _stream = null!;

    public static async Task<RawClient> ConnectAsync(Uri address)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);

        // After a reset of the connection, TcpClient no longer returns its stream.
        client._stream = client._client.GetStream();
        return client;
    }

    /// <param name="text">The text to send. Each character is between U+0000 and U+00FF and represents one byte.</param>
    public async Task SendAsync(string text) =>
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Shuts down the sending side of the connection. The client can still read.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the server closes or resets the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var read)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // The server reset the connection while the client was still sending.
        }

        return text.ToString();
    }

    public void Dispose() => _client.Dispose();
}
