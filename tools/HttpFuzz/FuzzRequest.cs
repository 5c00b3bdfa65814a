using System.Globalization;
using System.Text;

namespace ServerlessScale.HttpFuzz;

/// <summary>
/// A request that is sent as it is. Each character of the method, the target and the headers is between U+0000 and U+00FF and represents one
/// byte.
/// </summary>
internal sealed class FuzzRequest
{
    public required string Method { get; set; }

    public required string Path { get; set; }

    /// <summary>The query parameters, which are already encoded. A null value has no equals sign.</summary>
    public List<(string Name, string? Value)> Query { get; } = [];

    public List<(string Name, string Value)> Headers { get; } = [];

    public byte[]? Body { get; set; }

    public string Version { get; set; } = "HTTP/1.1";

    /// <summary>The number that is added to the real length of the body in <c>Content-Length</c>.</summary>
    public int LengthError { get; set; }

    /// <summary>Whether the body is sent in chunks, and the size line of an additional chunk that is not valid.</summary>
    public (bool IsChunked, string? BadChunk) Chunks { get; set; }

    public bool HasHost { get; set; } = true;

    /// <summary>Whether the server may see another end of the request than the client. The connection then carries no other request.</summary>
    public bool BreaksFraming { get; set; }

    /// <summary>
    /// Whether the client closes its half of the connection after the request, because the server would otherwise wait for more bytes. The
    /// server may then end the connection without a response.
    /// </summary>
    public bool EndsSending { get; set; }

    /// <summary>Whether the request may call another operation than the one that it was created for.</summary>
    public bool MayCallAnother { get; set; }

    /// <summary>The names of the mutations.</summary>
    public List<string> Mutations { get; } = [];

    public string Target => Query.Count == 0
        ? Path
        : $"{Path}?{string.Join('&', Query.Select(parameter => parameter.Value is null ? parameter.Name : $"{parameter.Name}={parameter.Value}"))}";

    /// <summary>Sets a header and removes its earlier values.</summary>
    public void Set(string name, string value)
    {
        Remove(name);
        Headers.Add((name, value));
    }

    public void Remove(string name) => Headers.RemoveAll(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase));

    public bool Has(Func<string, string, bool> condition) => Headers.Any(header => condition(header.Name, header.Value));

    public byte[] ToBytes(string host)
    {
        var head = new StringBuilder($"{Method} {Target} {Version}\r\n");
        if (HasHost)
        {
            head.Append(CultureInfo.InvariantCulture, $"Host: {host}\r\n");
        }

        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        var body = Body ?? [];
        if (Chunks.IsChunked)
        {
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
            return [.. Encoding.Latin1.GetBytes(head.ToString()), .. InChunks(body)];
        }

        if (Body is not null || LengthError != 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + LengthError}\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>The request in one line: its mutations, and its text without the token.</summary>
    public string Describe()
    {
        var headers = Headers.Select(header => header is ("Authorization", { Length: > 60 }) ? "Authorization: Bearer ..." : $"{header.Name}: {header.Value}");
        var body = Body is null ? "" : $" | {Body.Length} bytes: {Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, 300)))}";
        var text = $"[{string.Join(", ", Mutations)}] {Shorten(Method)} {Shorten(Target)} | {string.Join(" | ", headers.Select(Shorten))}{body}";
        return string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\x{(int)c:x2}"));
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : $"{text[..200]}...({text.Length})";

    private byte[] InChunks(byte[] body)
    {
        var half = body.Length / 2;
        var bytes = new List<byte>();
        foreach (var chunk in (byte[][])[body[..half], body[half..]])
        {
            if (chunk.Length > 0)
            {
                bytes.AddRange([.. Encoding.Latin1.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
            }
        }

        return [.. bytes, .. Encoding.Latin1.GetBytes(Chunks.BadChunk is { } bad ? $"{bad}\r\n" : "0\r\n\r\n")];
    }
}
