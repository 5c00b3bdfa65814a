using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ServerlessScale.HttpFuzz;

/// <summary>A response as it was received.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers in their order. A name may occur several times.</param>
/// <param name="Body">The body without its chunks.</param>
internal sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string? this[string name] =>
        Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>
/// An HTTP/1.1 connection that sends bytes unchanged, because an HTTP library would refuse malformed requests. The connection stays open for
/// the next request if both sides agree.
/// </summary>
internal sealed class RawConnection(Uri address) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private Socket? _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>Sends a request and reads its response.</summary>
    /// <returns>The response. Null if the server closed the connection without a complete response.</returns>
    /// <exception cref="TimeoutException">The response was not complete after 60 seconds.</exception>
    public async Task<RawResponse?> SendAsync(FuzzRequest request, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Limit);
        try
        {
            if (request.BreaksFraming || request.EndsSending)
            {
                Dispose();
            }

            var reused = _socket is not null;
            var response = await TrySendAsync(request, timeout.Token);

            // The server may close an idle connection at the moment when it is used again.
            return response is null && reused ? await TrySendAsync(request, timeout.Token) : response;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Dispose();
            throw new TimeoutException($"The response was not complete after {Limit.TotalSeconds} s.");
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        _start = _end = 0;
    }

    private async Task<RawResponse?> TrySendAsync(FuzzRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (_socket is null)
            {
                _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            }

            try
            {
                for (ReadOnlyMemory<byte> rest = request.ToBytes(address.Authority); rest.Length > 0;)
                {
                    rest = rest[await _socket.SendAsync(rest, cancellationToken)..];
                }

                if (request.EndsSending)
                {
                    _socket.Shutdown(SocketShutdown.Send);
                }
            }
            catch (SocketException)
            {
                // The server has refused the request before its end. The response may still be readable.
            }

            var response = await ReadAsync(request.Method == "HEAD", cancellationToken);
            if (response is null || request.BreaksFraming || request.EndsSending
                || string.Equals(response["Connection"], "close", StringComparison.OrdinalIgnoreCase))
            {
                Dispose();
            }

            return response;
        }
        catch (SocketException)
        {
            Dispose();
            return null;
        }
    }

    private async Task<RawResponse?> ReadAsync(bool isHead, CancellationToken cancellationToken)
    {
        while (await LineAsync(cancellationToken) is { Length: > 11 } line)
        {
            var status = int.Parse(line.AsSpan(9, 3), CultureInfo.InvariantCulture);
            var headers = new List<(string, string)>();
            while (await LineAsync(cancellationToken) is { } header)
            {
                if (header.Length == 0)
                {
                    break;
                }

                var colon = header.IndexOf(':', StringComparison.Ordinal);
                headers.Add((header[..colon], header[(colon + 1)..].Trim()));
            }

            var response = new RawResponse(status, headers, []);
            if (status < 200)
            {
                continue;
            }

            return isHead || status is 204 or 304 ? response
                : await BodyAsync(response, cancellationToken) is { } body ? response with { Body = body } : null;
        }

        return null;
    }

    private async Task<byte[]?> BodyAsync(RawResponse response, CancellationToken cancellationToken)
    {
        if (response["Content-Length"] is { } length)
        {
            return await BytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
        }

        var body = new MemoryStream();
        if (response["Transfer-Encoding"] is null)
        {
            while (_start < _end || await FillAsync(cancellationToken))
            {
                body.Write(_buffer, _start, _end - _start);
                _start = _end;
            }

            Dispose();
            return body.ToArray();
        }

        while (await LineAsync(cancellationToken) is { } size)
        {
            var count = int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (await BytesAsync(count, cancellationToken) is not { } chunk || await LineAsync(cancellationToken) is null)
            {
                return null;
            }

            body.Write(chunk);
            if (count == 0)
            {
                return body.ToArray();
            }
        }

        return null;
    }

    private async Task<byte[]?> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return null;
            }

            var step = Math.Min(count - filled, _end - _start);
            _buffer.AsSpan(_start, step).CopyTo(bytes.AsSpan(filled));
            (_start, filled) = (_start + step, filled + step);
        }

        return bytes;
    }

    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (_start < _end || await FillAsync(cancellationToken))
        {
            var next = (char)_buffer[_start++];
            if (next == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append(next);
        }

        return null;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _socket!.ReceiveAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
