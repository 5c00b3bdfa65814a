using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared;

/// <summary>
/// Signs content that clients store and send back, so that altered content is detected. A token consists of the content and its HMAC-SHA256
/// (RFC 2104), both encoded in base64url and joined by a dot. The content is not encrypted.
/// </summary>
internal static class SignedToken
{
    /// <summary>
    /// An upper bound on the length of the tokens that this class signs. Longer strings are rejected without checking the signature.
    /// </summary>
    private const int MaxLength = 2048;

    /// <param name="purpose">The use of the token. A token that is signed for one purpose is not accepted for another purpose.</param>
    public static string Sign(byte[] key, string purpose, ReadOnlySpan<byte> content) =>
        $"{Base64Url.EncodeToString(content)}.{Base64Url.EncodeToString(Mac(key, purpose, content))}";

    /// <returns>False when the text is not a token that was signed with this key for this purpose.</returns>
    public static bool TryRead(byte[] key, string purpose, string text, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (text.Length > MaxLength || dot < 0 || !TryDecode(text.AsSpan(0, dot), out var read) || !TryDecode(text.AsSpan(dot + 1), out var mac)
            || !CryptographicOperations.FixedTimeEquals(mac, Mac(key, purpose, read)))
        {
            return false;
        }

        content = read;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        return bytes.Length > 0;
    }

    private static byte[] Mac(byte[] key, string purpose, ReadOnlySpan<byte> content)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(purpose), 0, .. content];
        return HMACSHA256.HashData(key, signed);
    }
}
