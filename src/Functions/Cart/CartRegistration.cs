using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

internal static class CartRegistration
{
    /// <summary>What a health check may take, as for storage.</summary>
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(2);

    /// <summary>The cart capability: settings <c>Cart:*</c> and the store that they name. Orders must be there for checkouts.</summary>
    public static IHostApplicationBuilder AddCart(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<CartOptions>().BindConfiguration(CartOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CartOptions>, CartOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new RedisConnection(
            provider.GetRequiredService<IOptions<CartOptions>>().Value.Redis,
            () => StorageClients.Credential(builder.Configuration, builder.Environment)));
        services.AddSingleton<ICartStore>(provider =>
            provider.GetRequiredService<IOptions<CartOptions>>().Value.Store == CartStoreKind.Redis
                ? ActivatorUtilities.CreateInstance<RedisCartStore>(provider)
                : ActivatorUtilities.CreateInstance<TableCartStore>(provider));
        services.AddSingleton<CartCheckouts>();
        services.AddSingleton<Carts>();
        services.AddSingleton<CartSweep>();

        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<CartOptions>>((health, cart) =>
        {
            if (cart.Value.Store == CartStoreKind.Redis)
            {
                health.Registrations.Add(new HealthCheckRegistration(
                    "redis",
                    ActivatorUtilities.GetServiceOrCreateInstance<RedisHealthCheck>,
                    failureStatus: HealthStatus.Unhealthy,
                    tags: null,
                    timeout: HealthLimit));
            }
        });
        return builder;
    }
}
