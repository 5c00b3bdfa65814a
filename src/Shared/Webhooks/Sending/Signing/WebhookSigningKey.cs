using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>
/// An Ed25519 key pair (RFC 8032). Its text form is <c>whsk_</c> followed by its 32-byte seed in base64. The private key is stored in
/// libsodium's guarded memory and cannot be exported.
/// </summary>
public sealed class WebhookSigningKey : IDisposable
{
    public const string Prefix = "whsk_";

    public const string PublicPrefix = "whpk_";

    private const int SeedBytes = 32;

    private readonly Key _key;

    /// <summary>The seed, from which the keys of endpoints are derived; null when this key was derived itself.</summary>
    private readonly SharedSecret? _root;

    private readonly byte[] _public;

    private WebhookSigningKey(Key key, SharedSecret? root)
    {
        _key = key;
        _root = root;
        _public = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
        X = Base64Url.EncodeToString(_public);
        // RFC 7638 section 3.2 and RFC 8037 appendix A.3 prescribe exactly these members in this order.
        KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{X}}"}""")));
    }

    /// <summary>The JWK thumbprint of the public key (RFC 7638).</summary>
    public string KeyId { get; }

    /// <summary>The text form of the public key: <c>whpk_</c> followed by the key's 32 bytes in base64.</summary>
    public string PublicKey => PublicPrefix + Convert.ToBase64String(_public);

    /// <summary>The public key in base64url without padding, for the <c>x</c> member of a JWK.</summary>
    internal string X { get; }

    /// <summary>
    /// Derives the key of one endpoint (HKDF-SHA256, RFC 5869). A signature with this key proves that the delivery is meant for this
    /// endpoint. The key is derived again for each use, because the memory that libsodium guards is scarce.
    /// </summary>
    public WebhookSigningKey OfEndpoint(string endpointId)
    {
        var root = _root ?? throw new InvalidOperationException("No key can be derived from a derived key.");
        return new WebhookSigningKey(
            KeyDerivationAlgorithm.HkdfSha256.DeriveKey(
                root, salt: [], Encoding.UTF8.GetBytes($"webhook-endpoint:{endpointId}"), SignatureAlgorithm.Ed25519),
            root: null);
    }

    /// <summary>
    /// Returns whether the text is a valid key. The check does not load libsodium, because doing so would slow down startup.
    /// </summary>
    public static bool IsValid(string? text) => text is not null && text.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64.IsValid(text.AsSpan(Prefix.Length), out var length) && length == SeedBytes;

    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSigningKey? key)
    {
        key = null;
        if (text is not null && IsValid(text))
        {
            var seed = Convert.FromBase64String(text[Prefix.Length..]);
            key = new WebhookSigningKey(
                Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey),
                SharedSecret.Import(seed, SharedSecretBlobFormat.RawSharedSecret));
        }

        return key is not null;
    }

    public void Dispose()
    {
        _key.Dispose();
        _root?.Dispose();
    }

    /// <summary>Returns the public key, which identifies the key pair in a log without revealing the private key.</summary>
    public override string ToString() => PublicKey;

    internal byte[] Sign(ReadOnlySpan<byte> content) => SignatureAlgorithm.Ed25519.Sign(_key, content);
}
