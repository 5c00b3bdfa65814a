using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Functions.Cart;

internal static class CartRegistration
{
    private const string StoreSetting = $"{CartOptions.Section}:{nameof(CartOptions.Store)}";

    /// <summary>
    /// Adds the cart capability: the <c>Cart:*</c> settings, the store that the settings select, and the services that use the store.
    /// Checkouts also need the order capability.
    /// </summary>
    public static IHostApplicationBuilder AddCart(this IHostApplicationBuilder builder)
    {
        NamedSetting.Check<CartBackend>(builder.Configuration, StoreSetting);
        var services = builder.Services;
        services.AddOptions<CartOptions>().BindConfiguration(CartOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CartOptions>, CartOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new RedisConnection(
            provider.GetRequiredService<IOptions<CartOptions>>().Value.Redis,
            () => StorageClients.Credential(builder.Configuration, builder.Environment)));
        services.AddSingleton<ICartStore>(provider =>
            provider.GetRequiredService<IOptions<CartOptions>>().Value.Store == CartBackend.Redis
                ? ActivatorUtilities.CreateInstance<RedisCartStore>(provider)
                : ActivatorUtilities.CreateInstance<TableCartStore>(provider));
        services.AddSingleton<CartCheckouts>();
        services.AddSingleton<Carts>();
        services.AddSingleton<CartSweep>();

        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IConfiguration>((health, settings) =>
        {
            // Reads the setting and not the options, because invalid options would end the start before all invalid settings are reported.
            if (NamedSetting.Is(settings, StoreSetting, CartBackend.Redis)
                && FunctionSwitches.AnyIsEnabled(settings, typeof(CartFunctions), typeof(CartTimerFunctions)))
            {
                health.Registrations.AddDependency("redis", ActivatorUtilities.GetServiceOrCreateInstance<RedisHealthCheck>);
            }
        });
        return builder;
    }
}

/// <summary>Checks Redis with a PING command. If the command throws an exception, Redis is reported as unhealthy.</summary>
internal sealed class RedisHealthCheck(RedisConnection connection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await connection.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
