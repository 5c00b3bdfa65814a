using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Sending;

public static class WebhookSendingRegistration
{
    /// <summary>
    /// Registers <see cref="WebhookSender"/>, <see cref="WebhookUrlPolicy"/> and <see cref="WebhookKeySet"/>. Binds the <c>Webhooks:*</c>
    /// and <c>Webhooks:Sender:*</c> settings, which are validated at startup.
    /// </summary>
    public static IServiceCollection AddWebhookSending(this IServiceCollection services)
    {
        services.AddOptions<WebhookUrlOptions>()
            .BindConfiguration(WebhookUrlOptions.Section)
            .Validate<IHostEnvironment>(
                (options, environment) => !options.AllowPrivateNetworks || environment.IsDevelopment(),
                $"{WebhookUrlOptions.Section}:{nameof(WebhookUrlOptions.AllowPrivateNetworks)} is for development only.")
            .ValidateOnStart();
        services.AddOptions<WebhookSenderOptions>().BindConfiguration(WebhookSenderOptions.Section).ValidateOnStart();
        services.AddOptions<WebhookSigningOptions>().BindConfiguration(WebhookSigningOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookUrlOptions>, WebhookUrlOptionsValidator>();
        services.AddSingleton<IValidateOptions<WebhookSenderOptions>, WebhookSenderOptionsValidator>();
        services.AddSingleton<IValidateOptions<WebhookSigningOptions>, WebhookSigningOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ResolveAsync>(Dns.GetHostAddressesAsync);
        services.AddSingleton<WebhookUrlPolicy>();
        services.AddSingleton(provider => WebhookKeySet.Parse(provider.GetRequiredService<IOptions<WebhookSigningOptions>>().Value.SigningKeys));
        services.AddSingleton<WebhookSender>();
        return services;
    }
}
