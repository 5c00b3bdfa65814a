using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.Webhooks.Endpoints;

public sealed class SecretVaultTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static readonly EndpointId Endpoint = EndpointId.New(DateTimeOffset.UnixEpoch);
    private static readonly string Key = NewKey();

    [Fact]
    public void An_encrypted_secret_is_unreadable_until_decrypted()
    {
        var text = Vault(Key).Encrypt(Endpoint, Secret);

        Assert.Equal(Secret, Vault(Key).Decrypt(Endpoint, text));
        Assert.DoesNotContain("whsec", System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(text)), StringComparison.Ordinal);
        Assert.NotEqual(text, Vault(Key).Encrypt(Endpoint, Secret));
    }

    [Fact]
    public void Tampering_or_a_wrong_endpoint_or_key_prevents_decryption()
    {
        var text = Vault(Key).Encrypt(Endpoint, Secret);
        var changed = Convert.FromBase64String(text);
        changed[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => Vault(Key).Decrypt(EndpointId.New(DateTimeOffset.UnixEpoch), text));
        Assert.ThrowsAny<CryptographicException>(() => Vault(NewKey()).Decrypt(Endpoint, text));
        Assert.ThrowsAny<CryptographicException>(() => Vault(Key).Decrypt(Endpoint, Convert.ToBase64String(changed)));
    }

    [Fact]
    public void The_new_key_encrypts_while_the_previous_key_still_decrypts()
    {
        var before = Vault(Key).Encrypt(Endpoint, Secret);
        var next = NewKey();
        var rotated = Vault(next, previous: Key);

        Assert.Equal(Secret, rotated.Decrypt(Endpoint, before));
        Assert.Equal(Secret, Vault(next).Decrypt(Endpoint, rotated.Encrypt(Endpoint, Secret)));
    }

    private static SecretVault Vault(string key, string previous = "") =>
        new(Options.Create(new WebhookOptions { EncryptionKey = key, PreviousEncryptionKey = previous }));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
