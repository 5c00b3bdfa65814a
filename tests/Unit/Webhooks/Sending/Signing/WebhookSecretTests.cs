using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

public sealed class WebhookSecretTests
{
    [Fact]
    public void Created_webhook_secrets_are_distinct_and_have_32_bytes()
    {
        string[] secrets = [.. Enumerable.Range(0, 100).Select(_ => WebhookSecret.Create().Reveal())];

        Assert.Equal(secrets.Length, secrets.Distinct().Count());
        Assert.All(secrets, secret => Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(64)]
    public void A_parsed_webhook_secret_reveals_the_original_text(int bytes)
    {
        var text = "whsec_" + Convert.ToBase64String(Enumerable.Range(0, bytes).Select(i => (byte)i).ToArray());

        Assert.Equal(text, WebhookSecret.Parse(text).Reveal());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")] // 22 bytes
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("WHSEC_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // no padding
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_-=")] // base64url
    public void An_invalid_webhook_secret_is_rejected(string? text)
    {
        Assert.False(WebhookSecret.TryParse(text, out _));
        if (text is not null)
        {
            var failure = Assert.Throws<FormatException>(() => WebhookSecret.Parse(text));
            Assert.DoesNotContain("AAAA", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_webhook_secret_of_65_bytes_is_rejected() =>
        Assert.False(WebhookSecret.TryParse("whsec_" + Convert.ToBase64String(new byte[65]), out _));

    [Fact]
    public void ToString_does_not_reveal_the_webhook_secret()
    {
        var secret = WebhookSecret.Create();

        Assert.DoesNotContain(secret.Reveal()["whsec_".Length..], $"{new SigningKeys.Secrets(secret, new ReplacedSecret(secret, DateTimeOffset.MaxValue))}", StringComparison.Ordinal);
    }
}
