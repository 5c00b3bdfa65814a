using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ServerlessScale.Edge.Forwarding;

namespace ServerlessScale.Tests.Integration.Edge;

/// <summary>An origin that uses a raw socket, so that it can violate HTTP in ways that a web server cannot.</summary>
internal sealed class RawOrigin : IAsyncDisposable
{
    public const string ProbePath = "/api/health/ready";

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _heads = new();
    private readonly ConcurrentBag<Socket> _connections = [];
    private readonly string _name;
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting;

    /// <param name="name">
    /// The name of the origin. It is also the body of the default response, which shows a test which origin responded.
    /// </param>
    public RawOrigin(string name)
    {
        _name = name;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    public int Port { get; }

    public EdgeOrigin Origin => new(EdgeInFront.Group, _name, new Uri($"http://127.0.0.1:{Port}/"));

    /// <summary>An action that runs after a request has been read. With the default action, the origin then responds with 200.</summary>
    public Func<Socket, CancellationToken, Task> Behaviour { get; set; } = DefaultBehaviour;

    /// <summary>The status of the response to probes. If null, probes get no response.</summary>
    public int? ProbeStatus { get; set; } = 200;

    /// <summary>All requests except probes, in the form <c>METHOD /path body</c>.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>The request lines and headers of all requests except probes, as received.</summary>
    public IReadOnlyCollection<string> Heads => _heads;

    public static Task DefaultBehaviour(Socket socket, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Closes the connection gracefully, without sending a response.</summary>
    public static Task Close(Socket socket, CancellationToken cancellationToken)
    {
        socket.Shutdown(SocketShutdown.Both);
        socket.Close();
        return Task.CompletedTask;
    }

    /// <summary>Resets the connection, as the operating system does when a process with unread data is killed.</summary>
    public static Task Reset(Socket socket, CancellationToken cancellationToken)
    {
        socket.LingerState = new(enable: true, seconds: 0);
        socket.Close();
        return Task.CompletedTask;
    }

    public static Task Hang(Socket socket, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

    public static async Task CutResponse(Socket socket, CancellationToken cancellationToken)
    {
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"u8.ToArray(), cancellationToken);
        await Task.Delay(50, cancellationToken);
        await Close(socket, cancellationToken);
    }

    public static Func<Socket, CancellationToken, Task> Respond(int status) => Send($"HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n");

    /// <summary>Sends a response without interpreting it. Each character is between U+0000 and U+00FF and represents one byte.</summary>
    public static Func<Socket, CancellationToken, Task> Send(string response) => (socket, cancellationToken) =>
        socket.SendAsync(Encoding.Latin1.GetBytes(response), cancellationToken).AsTask();

    /// <summary>Stops listening and resets all connections, as if the process had been killed.</summary>
    public void Kill()
    {
        _listener.Stop();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    /// <summary>Listens on the same port again.</summary>
    public void Restart()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Kill();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            var socket = await listener.AcceptSocketAsync(_stop.Token);
            socket.NoDelay = true;
            _connections.Add(socket);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            while (await ReadAsync(socket) is { } request)
            {
                if (request.Contains(ProbePath, StringComparison.Ordinal))
                {
                    await (ProbeStatus is { } status ? Respond(status) : Hang)(socket, _stop.Token);
                    continue;
                }

                _requests.Enqueue(request);
                await Behaviour(socket, _stop.Token);
                if (Behaviour == DefaultBehaviour)
                {
                    await socket.SendAsync(
                        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {_name.Length}\r\n\r\n{_name}"), _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either the behaviour under test closed the connection, or the origin is stopping.
        }
    }

    /// <returns>The request, or null if the client has closed the connection.</returns>
    private async Task<string?> ReadAsync(Socket socket)
    {
        var text = "";
        var buffer = new byte[4096];
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return null;
            }

            text += Encoding.ASCII.GetString(buffer, 0, read);
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var length = text[..end].Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture))
            .SingleOrDefault();
        while (text.Length < end + length)
        {
            text += Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, _stop.Token));
        }

        if (!text.Contains(ProbePath, StringComparison.Ordinal))
        {
            _heads.Enqueue(text[..end]);
        }

        var line = text[..text.IndexOf(" HTTP/", StringComparison.Ordinal)];
        return length == 0 ? line : $"{line} {text[end..]}";
    }
}
