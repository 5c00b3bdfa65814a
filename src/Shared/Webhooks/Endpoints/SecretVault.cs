using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// Encrypts the endpoints' secrets with AES-256-GCM (NIST SP 800-38D) before they are stored. The key is the value of the
/// <c>Webhooks:EncryptionKey</c> setting. The endpoint's id is used as associated data, so a secret that is copied to another endpoint's
/// row cannot be decrypted there. Secrets that were encrypted with <c>Webhooks:PreviousEncryptionKey</c> can still be decrypted.
/// </summary>
public sealed class SecretVault(IOptions<WebhookOptions> options)
{
    /// <summary>
    /// The length of a key id in bytes. A key id consists of the first bytes of the key's SHA-256 hash. Each stored secret begins with the
    /// id of the key that encrypted it.
    /// </summary>
    private const int KeyIdLength = 4;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = KeyIdLength + NonceLength + TagLength;

    private readonly byte[] _current = Convert.FromBase64String(options.Value.EncryptionKey);

    private readonly byte[]? _previous =
        options.Value.PreviousEncryptionKey is { Length: > 0 } previous ? Convert.FromBase64String(previous) : null;

    /// <summary>Encrypts a secret.</summary>
    /// <returns>The key's id, the nonce, the tag and the ciphertext, in base64.</returns>
    public string Encrypt(EndpointId endpoint, string secret)
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

    /// <summary>Decrypts a secret.</summary>
    /// <exception cref="CryptographicException">
    /// The secret was encrypted for another endpoint, was encrypted with a key that is not in the settings, or was modified.
    /// </exception>
    public string Decrypt(EndpointId endpoint, string encrypted)
    {
        var message = Convert.FromBase64String(encrypted);
        var plain = new byte[Math.Max(0, message.Length - HeadLength)];
        var keyId = message.AsSpan(0, Math.Min(KeyIdLength, message.Length));
        var key = keyId.SequenceEqual(KeyIdOf(_current)) ? _current
            : _previous is not null && keyId.SequenceEqual(KeyIdOf(_previous)) ? _previous
            : throw new CryptographicException(
                $"The secret of {endpoint} was encrypted with a key that is neither {WebhookOptions.Section}:{nameof(WebhookOptions.EncryptionKey)} "
                + $"nor {WebhookOptions.Section}:{nameof(WebhookOptions.PreviousEncryptionKey)}.");
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(
            message.AsSpan(KeyIdLength, NonceLength), message.AsSpan(HeadLength), message.AsSpan(KeyIdLength + NonceLength, TagLength), plain,
            Encoding.UTF8.GetBytes(endpoint.Value));
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] KeyIdOf(byte[] key) => SHA256.HashData(key)[..KeyIdLength];
}
