using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class WebhookSigningKeyTests
{
    /// <summary>The key of RFC 8037 appendix A, which is the first of RFC 8032 section 7.1.</summary>
    private const string Seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

    private const string Public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    [Fact]
    public void A_key_is_published_as_the_RFC_has_it()
    {
        using var keys = WebhookKeySet.Parse(["whsk_" + Seed]);

        using var json = JsonDocument.Parse(keys.ToJson());
        var key = Assert.Single(json.RootElement.GetProperty("keys").EnumerateArray());
        Assert.Equal(
            ["kty:OKP", "crv:Ed25519", "kid:kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "use:sig", "alg:EdDSA", "x:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
            key.EnumerateObject().Select(member => $"{member.Name}:{member.Value}"));
        Assert.Equal("whpk_" + Public, keys.Keys[0].PublicKey);
    }

    [Fact]
    public void Seed_and_public_key_together_are_the_same_key()
    {
        byte[] both = [.. Convert.FromBase64String(Seed), .. Convert.FromBase64String(Public)];

        Assert.True(WebhookSigningKey.TryParse("whsk_" + Convert.ToBase64String(both), out var key));
        using (key)
        {
            Assert.Equal("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", key.KeyId);
        }
    }

    [Fact]
    public void A_public_key_of_another_seed_is_refused()
    {
        byte[] both = [.. Convert.FromBase64String(Seed), .. new byte[32]];

        Assert.False(WebhookSigningKey.TryParse("whsk_" + Convert.ToBase64String(both), out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("whsk_")]
    [InlineData("whsk_AAAA")]
    [InlineData("whsk_*")]
    [InlineData("whsec_" + Seed)]
    [InlineData("whpk_" + Public)]
    public void What_is_no_signing_key_is_not_read(string? text) => Assert.False(WebhookSigningKey.TryParse(text, out _));

    [Fact]
    public void A_signing_key_does_not_show_in_a_log()
    {
        using var keys = WebhookKeySet.Parse(["whsk_" + Seed]);

        Assert.Equal("whpk_" + Public, $"{keys.Keys[0]}");
        Assert.DoesNotContain(Seed, $"{new SigningKeys.KeyPairs(keys)}", StringComparison.Ordinal);
    }
}
