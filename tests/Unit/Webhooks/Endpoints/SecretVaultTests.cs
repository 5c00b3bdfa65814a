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
    public void A_secret_that_was_sealed_opens_and_is_not_to_be_read_in_between()
    {
        var text = Vault(Key).Seal(Endpoint, Secret);

        Assert.Equal(Secret, Vault(Key).Open(Endpoint, text));
        Assert.DoesNotContain("whsec", System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(text)), StringComparison.Ordinal);
        Assert.NotEqual(text, Vault(Key).Seal(Endpoint, Secret));
    }

    [Fact]
    public void It_does_not_open_for_another_endpoint_with_another_key_or_when_it_was_changed()
    {
        var text = Vault(Key).Seal(Endpoint, Secret);
        var changed = Convert.FromBase64String(text);
        changed[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => Vault(Key).Open(EndpointId.New(DateTimeOffset.UnixEpoch), text));
        Assert.ThrowsAny<CryptographicException>(() => Vault(NewKey()).Open(Endpoint, text));
        Assert.ThrowsAny<CryptographicException>(() => Vault(Key).Open(Endpoint, Convert.ToBase64String(changed)));
    }

    [Fact]
    public void After_a_change_of_keys_old_secrets_open_and_new_ones_are_sealed_with_the_new_key()
    {
        var before = Vault(Key).Seal(Endpoint, Secret);
        var next = NewKey();
        var rotated = Vault(next, previous: Key);

        Assert.Equal(Secret, rotated.Open(Endpoint, before));
        Assert.Equal(Secret, Vault(next).Open(Endpoint, rotated.Seal(Endpoint, Secret)));
    }

    private static SecretVault Vault(string key, string previous = "") =>
        new(Options.Create(new WebhookOptions { EncryptionKey = key, PreviousEncryptionKey = previous }));

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
