using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>Computes the value by which a repeated request is distinguished from another request with the same key.</summary>
public static class RequestFingerprint
{
    /// <returns>The SHA-256 hash of the content in base64url.</returns>
    public static string Of(ReadOnlySpan<byte> content) => Base64Url.EncodeToString(SHA256.HashData(content));

    /// <summary>Line feeds separate the parts. A method and an encoded path contain no line feeds, so the parts are unambiguous.</summary>
    /// <param name="path">The encoded path of the request.</param>
    /// <param name="body">The body; empty when the body is streamed, because it is then compared by its <see cref="BodyDigest"/>.</param>
    /// <returns>The SHA-256 hash of the method, the path and the body, in base64url.</returns>
    public static string Of(string method, string path, ReadOnlySpan<byte> body)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes($"{method}\n{path}\n"), .. body];
        return Of(content);
    }
}
