using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Orders;

internal static class OrdersRegistration
{
    /// <summary>
    /// Adds the order capability: the <c>Orders:*</c> settings, the store that the settings select, and the services that use the store.
    /// </summary>
    public static IHostApplicationBuilder AddOrders(this IHostApplicationBuilder builder)
    {
        NamedSetting.Check<DatabaseKind>(builder.Configuration, DatabaseRegistration.StoreSetting);
        builder.AddDatabase(CosmosOrderContainer.Metadata);
        var services = builder.Services;
        services.AddOptions<OrderOptions>()
            .BindConfiguration(OrderOptions.Section)
            .Configure<IConfiguration, IHostEnvironment>(DeriveCursorKeyInDevelopment)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<OrderOptions>, OrderOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CosmosOrderContainer>();
        services.AddSingleton<IOrderStore>(provider =>
            provider.GetRequiredService<IOptions<OrderOptions>>().Value.Store == DatabaseKind.Cosmos
                ? new LimitedOrderStore(new CosmosOrderStore(provider.GetRequiredService<CosmosAccount>()))
                : new TableOrderStore(provider.GetRequiredService<TableServiceClient>()));
        services.AddSingleton(provider => new TokenSigner(provider.GetRequiredService<IOptions<OrderOptions>>().Value.CursorKey));
        services.AddSingleton<OrderIntentQueue>();
        services.AddSingleton<OrderEventRelay>();
        services.AddSingleton<OrderPricing>();
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderChanges>();
        services.AddSingleton<OrderQueries>();

        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IConfiguration>((health, settings) =>
        {
            if (DatabaseRegistration.IsCosmos(settings) && StoresOrders(settings))
            {
                health.Registrations.AddDependency("cosmos", ActivatorUtilities.GetServiceOrCreateInstance<CosmosHealthCheck>);
            }
        });
        return builder;
    }

    // The checkout of a cart places an order, too.
    private static bool StoresOrders(IConfiguration settings) =>
        FunctionSwitches.AnyIsEnabled(settings, typeof(OrderFunctions), typeof(OrderQueueFunctions))
        || !FunctionSwitches.IsDisabled(settings, "CheckOutCart");

    private static void DeriveCursorKeyInDevelopment(OrderOptions options, IConfiguration configuration, IHostEnvironment environment)
    {
        if (options.CursorKey.Length == 0 && DevelopmentKeys.Derive(configuration, environment, "Orders:CursorKey") is { } key)
        {
            options.CursorKey = Convert.ToBase64String(key);
        }
    }
}

/// <summary>
/// Checks Cosmos DB with one read of an item that does not exist, which costs one RU. Stops waiting at the time limit, even if the client
/// library ignores its cancellation token.
/// </summary>
internal sealed class CosmosHealthCheck(CosmosOrderContainer orders) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await orders.PingAsync(cancellationToken).WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
