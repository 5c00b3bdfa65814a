using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;
using ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class WebhookSendingRegistrationTests
{
    [Fact]
    public async Task An_app_with_a_signing_key_starts()
    {
        using var host = Build("Production", ("Webhooks:SigningKeys:0", TestKeys.Create(1)[0]));

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.NotNull(host.Services.GetRequiredService<WebhookSender>());
        Assert.NotNull(host.Services.GetRequiredService<WebhookUrlPolicy>());
        Assert.Single(host.Services.GetRequiredService<WebhookKeySet>().Published.Keys);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Webhooks:SigningKeys:0", "whsec_nonsense", "Webhooks:SigningKeys:0")]
    [InlineData("Webhooks:SigningKeys:5", "", "Webhooks:SigningKeys")]
    [InlineData("Webhooks:AllowPrivateNetworks", "true", "Webhooks:AllowPrivateNetworks")]
    [InlineData("Webhooks:ResolveTimeout", "00:01:00", "Webhooks:ResolveTimeout")]
    [InlineData("Webhooks:Sender:Timeout", "00:02:00", "Webhooks:Sender:Timeout")]
    [InlineData("Webhooks:Sender:AnswerPatience", "00:00:00", "Webhooks:Sender:AnswerPatience")]
    [InlineData("Webhooks:Sender:MaxConnectionsPerReceiver", "0", "Webhooks:Sender:MaxConnectionsPerReceiver")]
    public async Task An_invalid_setting_prevents_startup_and_is_named_in_the_exception(string name, string value, string named)
    {
        using var host = Build("Production", [.. TestKeys.Create(4).Select((key, index) => ($"Webhooks:SigningKeys:{index}", key)), (name, value)]);

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_without_a_signing_key_does_not_start()
    {
        using var host = Build("Production");

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("Webhooks:SigningKeys", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_networks_can_be_allowed_in_development()
    {
        using var host = Build(
            "Development", ("Webhooks:SigningKeys:0", TestKeys.Create(1)[0]), ("Webhooks:AllowPrivateNetworks", "true"));

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.True(host.Services.GetRequiredService<IOptions<WebhookUrlOptions>>().Value.AllowPrivateNetworks);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(string environment, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        // If a setting is specified twice, the last value is used.
        builder.Configuration.AddInMemoryCollection(
            settings.GroupBy(setting => setting.Name).Select(group => KeyValuePair.Create(group.Key, (string?)group.Last().Value)));
        builder.Services.AddWebhookSending();
        return builder.Build();
    }
}
