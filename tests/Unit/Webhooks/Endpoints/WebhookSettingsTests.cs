using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Webhooks;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Endpoints;

public sealed class WebhookSettingsTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Distinct_webhook_keys_are_derived_in_development()
    {
        var services = Services("Development", ("Authentication:DevelopmentSigningKey", Key));

        var encryption = Assert.IsType<string>(services.GetRequiredService<IOptions<WebhookOptions>>().Value.EncryptionKey);
        var signing = Assert.Single(services.GetRequiredService<IOptions<WebhookSigningOptions>>().Value.SigningKeys);
        Assert.Equal(32, Convert.FromBase64String(encryption).Length);
        Assert.NotEqual(Key, encryption);
        Assert.NotEqual("whsk_" + encryption, signing);
        Assert.Equal(encryption, Services("Development", ("Authentication:DevelopmentSigningKey", Key)).GetRequiredService<IOptions<WebhookOptions>>().Value.EncryptionKey);
    }

    [Fact]
    public void The_encryption_key_is_required_outside_development()
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Services("Production", ("Authentication:DevelopmentSigningKey", Key)).GetRequiredService<IOptions<WebhookOptions>>().Value);

        Assert.Contains("Webhooks:EncryptionKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Key, Services("Production", ("Webhooks:EncryptionKey", Key)).GetRequiredService<IOptions<WebhookOptions>>().Value.EncryptionKey);
    }

    [Theory]
    [InlineData("EncryptionKey", "c2hvcnQ=")]
    [InlineData("EncryptionKey", "not base64")]
    [InlineData("PreviousEncryptionKey", "c2hvcnQ=")]
    [InlineData("MaxEndpoints", "0")]
    [InlineData("MaxEndpoints", "501")]
    [InlineData("MaxConcurrency", "0")]
    [InlineData("MaxDetached", "-1")]
    [InlineData("SlotTime", "00:00:00")]
    [InlineData("BreakerThreshold", "0")]
    [InlineData("BreakerPause", "01:00:00")]
    public void An_invalid_webhook_setting_is_named_in_the_exception(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Services("Production", ("Webhooks:EncryptionKey", Key), ($"Webhooks:{setting}", value)).GetRequiredService<IOptions<WebhookOptions>>().Value);

        Assert.Contains($"Webhooks:{setting}", failure.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(string environment, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.AddWebhooks();
        return builder.Services.BuildServiceProvider();
    }
}
