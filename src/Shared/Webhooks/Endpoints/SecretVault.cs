using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// Seals endpoints' secrets for storage: AES-256-GCM (NIST SP 800-38D) with the setting <c>Webhooks:EncryptionKey</c>, bound to the
/// endpoint, so that a secret that is copied to another row does not open there. What was sealed with
/// <c>Webhooks:PreviousEncryptionKey</c> still opens.
/// </summary>
public sealed class SecretVault(IOptions<WebhookOptions> options)
{
    /// <summary>Names the key: the first bytes of its hash.</summary>
    private const int KeyIdLength = 4;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = KeyIdLength + NonceLength + TagLength;

    private readonly byte[] _current = Convert.FromBase64String(options.Value.EncryptionKey);

    private readonly byte[]? _previous =
        options.Value.PreviousEncryptionKey is { Length: > 0 } previous ? Convert.FromBase64String(previous) : null;

    /// <returns>Base64 of the key's id, nonce, tag and the sealed text.</returns>
    public string Seal(EndpointId endpoint, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var message = new byte[HeadLength + plain.Length];
        KeyIdOf(_current).CopyTo(message, 0);
        var nonce = message.AsSpan(KeyIdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_current, TagLength);
        aes.Encrypt(
            nonce, plain, message.AsSpan(HeadLength), message.AsSpan(KeyIdLength + NonceLength, TagLength), Encoding.UTF8.GetBytes(endpoint.Value));
        return Convert.ToBase64String(message);
    }

    /// <exception cref="CryptographicException">It was sealed for another endpoint or with a key that is not set, or was changed.</exception>
    public string Open(EndpointId endpoint, string sealedSecret)
    {
        var message = Convert.FromBase64String(sealedSecret);
        var plain = new byte[Math.Max(0, message.Length - HeadLength)];
        var keyId = message.AsSpan(0, Math.Min(KeyIdLength, message.Length));
        var key = keyId.SequenceEqual(KeyIdOf(_current)) ? _current
            : _previous is not null && keyId.SequenceEqual(KeyIdOf(_previous)) ? _previous
            : throw new CryptographicException(
                $"The secret of {endpoint} was sealed with a key that is neither {WebhookOptions.Section}:{nameof(WebhookOptions.EncryptionKey)} "
                + $"nor {WebhookOptions.Section}:{nameof(WebhookOptions.PreviousEncryptionKey)}.");
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(
            message.AsSpan(KeyIdLength, NonceLength), message.AsSpan(HeadLength), message.AsSpan(KeyIdLength + NonceLength, TagLength), plain,
            Encoding.UTF8.GetBytes(endpoint.Value));
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] KeyIdOf(byte[] key) => SHA256.HashData(key)[..KeyIdLength];
}
