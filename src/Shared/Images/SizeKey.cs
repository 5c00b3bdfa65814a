using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// A key that signs the URLs of sizes. A signature is the id of the key, a dot, and the HMAC-SHA256 (RFC 2104) of the URL's path in
/// base64url without padding. The text form of a key is its id, a dot, and its secret in base64.
/// </summary>
public sealed class SizeKey
{
    /// <summary>The minimum length of the secret in bytes, which is the length of the HMAC (RFC 2104 section 3).</summary>
    public const int MinBytes = 32;

    public const int MaxIdLength = 16;

    private readonly byte[] _secret;

    private SizeKey(string id, byte[] secret) => (Id, _secret) = (id, secret);

    /// <summary>The name of the key in signatures. It is not secret.</summary>
    public string Id { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out SizeKey? key)
    {
        key = null;
        if (text.Split('.') is [{ Length: >= 1 and <= MaxIdLength } id, var secret]
            && id.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))
            && Base64.IsValid(secret, out var length) && length >= MinBytes)
        {
            key = new SizeKey(id, Convert.FromBase64String(secret));
        }

        return key is not null;
    }

    /// <param name="path">The path of the URL, e.g. <c>/images/{id}/w400.webp</c>.</param>
    public string Sign(string path) => $"{Id}.{Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(path)))}";

    /// <summary>
    /// Returns whether the signature is that of this key. The time does not depend on the number of equal characters. The texts are
    /// compared, so that a path has only one valid signature of each key.
    /// </summary>
    public bool HasSigned(string path, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(path)));

    /// <summary>Returns the id, which identifies the key in a log without revealing the secret.</summary>
    public override string ToString() => Id;
}
