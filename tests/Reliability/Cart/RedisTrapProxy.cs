using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Tests.Reliability.Orders;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>
/// A proxy between the worker and Redis with a <see cref="CheckoutTrap"/>. It parses the commands, which are in RESP format
/// (redis.io/docs/latest/develop/reference/protocol-spec), and forwards the responses without parsing them.
/// </summary>
internal sealed class RedisTrapProxy : IAsyncDisposable
{
    private const string Marker = "after-the-trapped-command";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly int _redisPort;
    private readonly CheckoutTrap _trap;
    private readonly Task _accepting;

    public RedisTrapProxy(int redisPort, CheckoutTrap trap)
    {
        (_redisPort, _trap) = (redisPort, trap);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ConnectionString => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_ended.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var redis = new TcpClient())
        {
            try
            {
                await redis.ConnectAsync(IPAddress.Loopback, _redisPort, _ended.Token);
                var trapped = new Trapped();
                _ = RelayResponsesAsync(redis.GetStream(), client.GetStream(), trapped);
                await RelayCommandsAsync(client.GetStream(), redis.GetStream(), trapped);
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The worker or Redis has closed its connection. Leaving this method closes the remaining connection.
            }
        }
    }

    private async Task RelayCommandsAsync(NetworkStream from, NetworkStream to, Trapped trapped)
    {
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _ended.Token) is > 0 and var count)
        {
            received.AddRange(buffer.AsSpan(0, count));
            while (LengthOfCommand(received) is { } length)
            {
                var command = received.GetRange(0, length).ToArray();
                received.RemoveRange(0, length);
                var armed = _trap.Find(Encoding.UTF8.GetString(command));
                if (armed is { Afterwards: false })
                {
                    Act(armed);
                    return;
                }

                trapped.HoldsResponses = armed is not null;
                await to.WriteAsync(command, _ended.Token);
                if (armed is not null)
                {
                    await to.WriteAsync(Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${Marker.Length}\r\n{Marker}\r\n"), _ended.Token);
                    await trapped.CarriedOut.Task.WaitAsync(_ended.Token);
                    Act(armed);
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Runs the trap's action. The action requires an HTTP context, so this method passes an empty context. The caller closes the
    /// connections.
    /// </summary>
    private static void Act(RequestTrap.Armed armed) => armed.Act(new DefaultHttpContext());

    /// <summary>
    /// Forwards responses until Redis responds to the ECHO command that was sent after the trapped command. Redis responds in order, so at
    /// that time it has executed the trapped command. The response to the trapped command is not forwarded.
    /// </summary>
    private async Task RelayResponsesAsync(NetworkStream from, NetworkStream to, Trapped trapped)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _ended.Token) is > 0 and var count)
            {
                if (buffer.AsSpan(0, count).IndexOf(Encoding.ASCII.GetBytes(Marker)) >= 0)
                {
                    trapped.CarriedOut.SetResult();
                    return;
                }

                if (!trapped.HoldsResponses)
                {
                    await to.WriteAsync(buffer.AsMemory(0, count), _ended.Token);
                }
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The worker or Redis has closed its connection. ServeAsync closes the remaining connection.
        }
    }

    /// <returns>
    /// The length in bytes of the first command, or null if the command is incomplete. A command is an array of bulk strings.
    /// </returns>
    private static int? LengthOfCommand(List<byte> received)
    {
        if (Line(received, 0) is not { } head)
        {
            return null;
        }

        Assert.Equal('*', head.Text[0]);
        var end = head.End;
        for (var left = int.Parse(head.Text.AsSpan(1), CultureInfo.InvariantCulture); left > 0; left--)
        {
            if (Line(received, end) is not { } bulk)
            {
                return null;
            }

            end = bulk.End + int.Parse(bulk.Text.AsSpan(1), CultureInfo.InvariantCulture) + 2;
        }

        return end <= received.Count ? end : null;
    }

    private static (string Text, int End)? Line(List<byte> received, int start)
    {
        var end = start < received.Count ? received.IndexOf((byte)'\n', start) : -1;
        return end < 0 ? null : (Encoding.ASCII.GetString([.. received.GetRange(start, end - 1 - start)]), end + 1);
    }

    private sealed class Trapped
    {
        private volatile bool _holdsResponses;

        public bool HoldsResponses
        {
            get => _holdsResponses;
            set => _holdsResponses = value;
        }

        public TaskCompletionSource CarriedOut { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
