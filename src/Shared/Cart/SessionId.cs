using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// A secret of 256 random bits that gives access to a cart. Only the client gets the secret itself. Stores, logs and messages get
/// <see cref="StorageKey"/>, from which the secret cannot be computed.
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

    /// <summary>The secret, for the client only: base64url without padding (RFC 4648 section 5), 43 characters.</summary>
    public string Value { get; }

    /// <summary>The SHA-256 of the secret in base64url, 43 characters.</summary>
    public string StorageKey { get; }

    public static SessionId New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>
    /// Accepts only the text that <see cref="Value"/> would have. The last character carries two unused bits, so that other texts would
    /// decode to the same secret.
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
