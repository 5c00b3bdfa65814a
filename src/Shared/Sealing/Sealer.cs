using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Sealing;

/// <summary>
/// Encrypts data with AES-256-GCM (NIST SP 800-38D) before it is stored. The place of the data is used as associated data, so data that is
/// copied to another place cannot be decrypted there. Data that was encrypted with the previous key can still be decrypted.
/// </summary>
/// <param name="current">The key that encrypts.</param>
/// <param name="previous">A further key that decrypts; null when there is none.</param>
/// <param name="keyNames">The names of the settings that contain the keys, for the message of an exception.</param>
public sealed class Sealer(byte[] current, byte[]? previous, string keyNames)
{
    /// <summary>
    /// The length of a key id in bytes. A key id consists of the first bytes of the key's SHA-256 hash. Sealed data begins with the id of
    /// the key that encrypted it.
    /// </summary>
    private const int KeyIdLength = 4;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = KeyIdLength + NonceLength + TagLength;

    /// <returns>The key's id, the nonce, the tag and the ciphertext.</returns>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place)
    {
        var message = new byte[HeadLength + plain.Length];
        KeyIdOf(current).CopyTo(message, 0);
        var nonce = message.AsSpan(KeyIdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(current, TagLength);
        aes.Encrypt(
            nonce, plain, message.AsSpan(HeadLength), message.AsSpan(KeyIdLength + NonceLength, TagLength), Encoding.UTF8.GetBytes(place));
        return message;
    }

    /// <exception cref="CryptographicException">
    /// The data was sealed for another place, was sealed with a key that is not in the settings, or was modified.
    /// </exception>
    public byte[] Open(ReadOnlySpan<byte> message, string place)
    {
        var plain = new byte[Math.Max(0, message.Length - HeadLength)];
        var keyId = message[..Math.Min(KeyIdLength, message.Length)];
        var key = keyId.SequenceEqual(KeyIdOf(current)) ? current
            : previous is not null && keyId.SequenceEqual(KeyIdOf(previous)) ? previous
            : throw new CryptographicException($"The data of {place} was encrypted with a key that is not in {keyNames}.");
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(
            message.Slice(KeyIdLength, NonceLength), message[HeadLength..], message.Slice(KeyIdLength + NonceLength, TagLength), plain,
            Encoding.UTF8.GetBytes(place));
        return plain;
    }

    private static byte[] KeyIdOf(byte[] key) => SHA256.HashData(key)[..KeyIdLength];
}
