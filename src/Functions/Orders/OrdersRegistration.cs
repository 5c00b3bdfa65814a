using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Orders.Writing;

namespace ServerlessScale.Functions.Orders;

internal static class OrdersRegistration
{
    /// <summary>
    /// Adds the order capability: the <c>Orders:*</c> settings, the store that the settings select, and the services that use the store.
    /// </summary>
    public static IHostApplicationBuilder AddOrders(this IHostApplicationBuilder builder)
    {
        NamedSetting.Check<OrderBackend>(builder.Configuration, $"{OrderOptions.Section}:{nameof(OrderOptions.Store)}");
        var services = builder.Services;
        services.AddOptions<OrderOptions>()
            .BindConfiguration(OrderOptions.Section)
            .Configure<IConfiguration, IHostEnvironment>(DeriveCursorKeyInDevelopment)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<OrderOptions>, OrderOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new CosmosOrderContainer(
            provider.GetRequiredService<IOptions<OrderOptions>>().Value.Cosmos,
            () => StorageClients.Credential(builder.Configuration, builder.Environment)));
        services.AddSingleton<IOrderStore>(provider =>
            provider.GetRequiredService<IOptions<OrderOptions>>().Value.Store == OrderBackend.Cosmos
                ? new CosmosOrderStore(provider.GetRequiredService<CosmosOrderContainer>())
                : new TableOrderStore(provider.GetRequiredService<TableServiceClient>()));
        services.AddSingleton<TokenSigner>();
        services.AddSingleton<OrderIntentQueue>();
        services.AddSingleton<OrderEventRelay>();
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderChanges>();
        services.AddSingleton<OrderQueries>();
        return builder;
    }

    private static void DeriveCursorKeyInDevelopment(OrderOptions options, IConfiguration configuration, IHostEnvironment environment)
    {
        if (options.CursorKey.Length == 0 && DevelopmentKeys.Derive(configuration, environment, "Orders:CursorKey") is { } key)
        {
            options.CursorKey = Convert.ToBase64String(key);
        }
    }
}
