using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// What a client keeps to find its cart again: 256 random bits. Whoever knows them has the cart, so stores, logs and messages get
/// <see cref="StorageKey"/> only.
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

    /// <summary>For the client only: base64url without padding (RFC 4648 section 5), 43 characters.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the bits, base64url, 43 characters. Nobody gets from it to <see cref="Value"/>.</summary>
    public string StorageKey { get; }

    public static SessionId New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Accepts the exact shape only: of the texts that decode to the same bits, the one that <see cref="Value"/> has.</summary>
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
