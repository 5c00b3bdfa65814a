using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>
/// Writes invalid or unusual responses as raw bytes, because HTTP server libraries cannot send them. The request's path selects the
/// response.
/// </summary>
internal static class RawResponses
{
    public static async Task RespondAsync(ConnectionContext connection)
    {
        var behaviour = await PathAsync(connection.Transport.Input);
        var output = connection.Transport.Output;
        try
        {
            switch (behaviour)
            {
                case "not-http":
                    await WriteAsync(output, "SSH-2.0-OpenSSH_9.2\r\n");
                    break;
                case "huge-headers":
                    await WriteAsync(output, $"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 64 * 1024)}\r\nContent-Length: 0\r\n\r\n");
                    break;
                case "many-headers":
                    await WriteAsync(output, "HTTP/1.1 200 OK\r\n");
                    while (await WriteAsync(output, "X-Many: 1\r\n"))
                    {
                    }

                    break;
                case "drip-headers":
                    await WriteAsync(output, "HTTP/1.1 200 OK\r\nX-Slow: ");
                    while (await WriteAsync(output, "x"))
                    {
                        await Task.Delay(20, connection.ConnectionClosed);
                    }

                    break;
                case "endless-continue":
                    while (await WriteAsync(output, "HTTP/1.1 100 Continue\r\n\r\n"))
                    {
                        await Task.Delay(20, connection.ConnectionClosed);
                    }

                    break;
                case "switch-protocols":
                    await WriteAsync(output, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
                    break;
                case "cut-off-200":
                    await WriteAsync(output, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                    break;
                case "cut-off-410":
                    await WriteAsync(output, "HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nonly this");
                    break;
                case "close":
                    break;
                default:
                    throw new InvalidOperationException($"Unknown behaviour '{behaviour}'.");
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ConnectionResetException)
        {
            // The sender has closed the connection, which some tests expect.
        }
    }

    private static async Task<string> PathAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            var text = Encoding.ASCII.GetString(read.Buffer);
            // The request is complete when its body has arrived. In these tests, the body is always "{}".
            if (text.EndsWith("\r\n\r\n{}", StringComparison.Ordinal))
            {
                input.AdvanceTo(read.Buffer.End);
                return text.Split(' ')[1].Trim('/');
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async Task<bool> WriteAsync(PipeWriter output, string text)
    {
        var flush = await output.WriteAsync(Encoding.ASCII.GetBytes(text));
        return !flush.IsCompleted;
    }
}
