using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        builder.AddDatabaseStore(new DatabaseStore<IOrderStore>
        {
            InTables = tables => new TableOrderStore(tables),
            InCosmos = account => new LimitedOrderStore(new CosmosOrderStore(account)),
            Metadata = CosmosOrderContainer.Metadata,
            CheckName = "cosmos",
            Ping = (account, cancellation) => new CosmosOrderContainer(account).PingAsync(cancellation),
            IsUsed = StoresOrders,
        });
        var services = builder.Services;
        services.AddOptions<OrderOptions>()
            .BindConfiguration(OrderOptions.Section)
            .Configure<IConfiguration, IHostEnvironment>(DeriveCursorKeyInDevelopment)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<OrderOptions>, OrderOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new TokenSigner(provider.GetRequiredService<IOptions<OrderOptions>>().Value.CursorKey));
        services.AddSingleton<OrderIntentQueue>();
        services.AddSingleton<OrderEventRelay>();
        services.AddSingleton<OrderPricing>();
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderChanges>();
        services.AddSingleton<OrderQueries>();
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
