using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;
using ServerlessScale.Shared.Webhooks.FanOut;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Functions.Webhooks;

internal static class WebhooksRegistration
{
    /// <summary>
    /// Adds the webhook capability: the <c>Webhooks:*</c> settings, the endpoints, the events and their fan-out, and the deliveries.
    /// </summary>
    public static IHostApplicationBuilder AddWebhooks(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddWebhookSending();
        services.AddOptions<WebhookSigningOptions>().Configure<IConfiguration, IHostEnvironment>(DeriveSigningKeyInDevelopment);
        services.AddOptions<WebhookOptions>()
            .BindConfiguration(WebhookOptions.Section)
            .Configure<IConfiguration, IHostEnvironment>(DeriveEncryptionKeyInDevelopment)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();

        // The sealer also encrypts the responses that the idempotency records of all capabilities contain.
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<WebhookOptions>>().Value.CreateSealer());
        services.AddSingleton<SecretVault>();
        services.AddSingleton<EndpointKeys>();
        services.AddSingleton<EndpointStore>();
        services.AddSingleton<EndpointManagement>();

        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeliveryQueries>();
        services.AddSingleton<WebhookRetention>();

        services.AddSingleton<EventStore>();
        services.AddSingleton<EventCursors>();
        services.AddSingleton<EventQueries>();
        services.AddSingleton<EventRetention>();

        services.AddSingleton<IEventHandler, WebhookFanOut>();
        services.AddSingleton<DeliveryOpening>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<DeliveryDispatch>();
        services.AddSingleton<DeliveryAttempts>();
        services.AddSingleton<DeliveryOutcomes>();
        services.AddSingleton<DeliveryReplay>();
        services.AddSingleton<RecoveryQueue>();
        services.AddSingleton<OrderingQueues>();
        services.AddSingleton<CircuitBreaker>();
        services.AddSingleton<AttemptPermits>();
        services.AddSingleton<EndpointDisabling>();
        services.AddSingleton<WebhookTest>();
        return builder;
    }

    private static void DeriveEncryptionKeyInDevelopment(WebhookOptions options, IConfiguration configuration, IHostEnvironment environment)
    {
        if (options.EncryptionKey.Length == 0 && DevelopmentKeys.Derive(configuration, environment, "Webhooks:EncryptionKey") is { } key)
        {
            options.EncryptionKey = Convert.ToBase64String(key);
        }
    }

    private static void DeriveSigningKeyInDevelopment(WebhookSigningOptions options, IConfiguration configuration, IHostEnvironment environment)
    {
        if (options.SigningKeys.Length == 0 && DevelopmentKeys.Derive(configuration, environment, "Webhooks:SigningKeys") is { } seed)
        {
            options.SigningKeys = [WebhookSigningKey.Prefix + Convert.ToBase64String(seed)];
        }
    }
}
