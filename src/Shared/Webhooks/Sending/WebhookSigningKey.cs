using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// An Ed25519 key pair (RFC 8032), written as <c>whsk_</c> and the base64 of either the 32-byte seed or of seed and public key,
/// 64 bytes, as libsodium and Go keep it. The private half lies in libsodium's guarded memory and cannot be read back.
/// </summary>
public sealed class WebhookSigningKey : IDisposable
{
    public const string Prefix = "whsk_";

    public const string PublicPrefix = "whpk_";

    private const int SeedBytes = 32;

    private const int PublicBytes = 32;

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

    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSigningKey? key)
    {
        key = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64.IsValid(text.AsSpan(Prefix.Length), out var length) || length is not (SeedBytes or SeedBytes + PublicBytes))
        {
            return false;
        }

        var bytes = Convert.FromBase64String(text[Prefix.Length..]);
        var parsed = new WebhookSigningKey(Key.Import(SignatureAlgorithm.Ed25519, bytes.AsSpan(0, SeedBytes), KeyBlobFormat.RawPrivateKey));
        var publicHalf = bytes.AsSpan(SeedBytes);
        // Signing with a public key that is not the seed's would give the seed away.
        if (!publicHalf.IsEmpty && !publicHalf.SequenceEqual(parsed._public))
        {
            parsed.Dispose();
            return false;
        }

        key = parsed;
        return true;
    }

    public void Dispose() => _key.Dispose();

    /// <summary>Says which key it is by its public half.</summary>
    public override string ToString() => PublicKey;

    internal byte[] Sign(ReadOnlySpan<byte> content) => SignatureAlgorithm.Ed25519.Sign(_key, content);
}
