using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// A secret of 256 random bits that grants access to a cart. Only the client receives the secret. Stores, logs and messages contain only
/// <see cref="StorageKey"/>, a hash that does not reveal the secret.
/// </summary>
public sealed class SessionId
{
    private const int Bytes = 32;
    private const int TextLength = 43;

    private SessionId(byte[] bits)
    {
        Value = Base64Url.EncodeToString(bits);
        StorageKey = Base64Url.EncodeToString(SHA256.HashData(bits));
    }

    /// <summary>The secret in base64url without padding (RFC 4648 section 5), 43 characters. It is sent only to the client.</summary>
    public string Value { get; }

    /// <summary>The SHA-256 hash of the secret in base64url, 43 characters.</summary>
    public string StorageKey { get; }

    public static SessionId New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// Accepts only the canonical encoding of a secret, i.e. the string that <see cref="Value"/> returns. The last character has two unused
    /// bits, so other strings would decode to the same secret.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SessionId? id)
    {
        id = text is { Length: TextLength } && Base64Url.IsValid(text) ? new(Base64Url.DecodeFromChars(text)) : null;
        if (id?.Value != text)
        {
            id = null;
        }

        return id is not null;
    }

    public override string ToString() => StorageKey;
}
