using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

public sealed class WebhookSigningKeyTests
{
    /// <summary>The example key from RFC 8037 appendix A. It is also the first test vector in RFC 8032 section 7.1.</summary>
    private const string Seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

    private const string Public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    [Fact]
    public void The_RFC_8037_example_key_is_published_as_specified()
    {
        using var keys = WebhookKeySet.Parse(["whsk_" + Seed]);

        using var json = JsonDocument.Parse(keys.ToJson());
        var key = Assert.Single(json.RootElement.GetProperty("keys").EnumerateArray());
        Assert.Equal(
            ["kty:OKP", "crv:Ed25519", "kid:kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "use:sig", "alg:EdDSA", "x:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
            key.EnumerateObject().Select(member => $"{member.Name}:{member.Value}"));
        Assert.Equal("whpk_" + Public, keys.Keys[0].PublicKey);
    }

    /// <summary>The expected key is derived by .NET's HKDF (RFC 5869), which is independent of libsodium.</summary>
    [Fact]
    public void The_key_of_an_endpoint_is_derived_with_HKDF()
    {
        using var keys = WebhookKeySet.Parse(["whsk_" + Seed]);
        var seed = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Convert.FromBase64String(Seed), outputLength: 32, info: Encoding.UTF8.GetBytes("webhook-endpoint:ep_1"));
        using var expected = WebhookKeySet.Parse(["whsk_" + Convert.ToBase64String(seed)]);

        Assert.Equal([expected.Keys[0].PublicKey], keys.PublicKeysOf("ep_1"));
        Assert.Equal(expected.ToJson(), keys.ToJson("ep_1"));
        Assert.NotEqual(keys.PublicKeysOf("ep_1"), keys.PublicKeysOf("ep_2"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("whsk_")]
    [InlineData("whsk_AAAA")]
    [InlineData("whsk_" + Seed + Seed)]
    [InlineData("whsk_" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")] // 64 bytes
    [InlineData("whsk_*")]
    [InlineData("whsec_" + Seed)]
    [InlineData("whpk_" + Public)]
    public void An_invalid_signing_key_is_rejected(string? text) => Assert.False(WebhookSigningKey.TryParse(text, out _));

    [Fact]
    public void ToString_shows_only_the_public_key()
    {
        using var keys = WebhookKeySet.Parse(["whsk_" + Seed]);

        Assert.Equal("whpk_" + Public, $"{keys.Keys[0]}");
        Assert.DoesNotContain(Seed, $"{new SigningKeys.KeyPairs(keys)}", StringComparison.Ordinal);
    }
}
