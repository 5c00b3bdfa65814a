using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// An Ed25519 key pair (RFC 8032), written as <c>whsk_</c> and the base64 of its 32-byte seed. The private half lies in libsodium's
/// guarded memory and cannot be read back.
/// </summary>
public sealed class WebhookSigningKey : IDisposable
{
    public const string Prefix = "whsk_";

    public const string PublicPrefix = "whpk_";

    private const int SeedBytes = 32;

    private readonly Key _key;

    private readonly byte[] _public;

    private WebhookSigningKey(Key key)
    {
        _key = key;
        _public = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        X = Base64Url.EncodeToString(_public);
        // The members in this order and nothing else: RFC 7638 section 3.2, RFC 8037 appendix A.3.
        KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{X}}"}""")));
    }

    /// <summary>The thumbprint of the public key (RFC 7638).</summary>
    public string KeyId { get; }

    /// <summary>The public key, <c>whpk_</c> and base64 of 32 bytes.</summary>
    public string PublicKey => PublicPrefix + Convert.ToBase64String(_public);

    /// <summary>The public key as a JWK writes it: base64url without padding.</summary>
    internal string X { get; }

    /// <summary>Whether it can be parsed, found out without loading libsodium, which start-up shall not wait for.</summary>
    public static bool IsValid(string? text) => text is not null && text.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64.IsValid(text.AsSpan(Prefix.Length), out var length) && length == SeedBytes;

    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSigningKey? key)
    {
        key = text is not null && IsValid(text)
            ? new WebhookSigningKey(
                Key.Import(SignatureAlgorithm.Ed25519, Convert.FromBase64String(text[Prefix.Length..]), KeyBlobFormat.RawPrivateKey))
            : null;
        return key is not null;
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Says which key it is by its public half.</summary>
    public override string ToString() => PublicKey;

    internal byte[] Sign(ReadOnlySpan<byte> content) => SignatureAlgorithm.Ed25519.Sign(_key, content);
}
