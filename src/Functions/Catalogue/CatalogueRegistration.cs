using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;

namespace ServerlessScale.Functions.Catalogue;

internal static class CatalogueRegistration
{
    /// <summary>The functions of other capabilities that read prices.</summary>
    private static readonly string[] PriceReaders = ["CreateOrder", "GetCart", "SetCartLine", "CheckOutCart"];

    /// <summary>
    /// Adds the catalogue capability. Products are in the same kind of store as orders. The order capability registers the signer of cursors.
    /// </summary>
    public static IHostApplicationBuilder AddCatalogue(this IHostApplicationBuilder builder)
    {
        builder.AddDatabaseStore(new DatabaseStore<IProductStore>
        {
            InTables = tables => new TableProductStore(tables),
            InCosmos = account => new LimitedProductStore(new CosmosProductStore(account)),
            Metadata = CosmosProductContainer.Metadata,
            CheckName = "cosmos-products",
            Ping = (account, cancellation) => new CosmosProductContainer(account).PingAsync(cancellation),
            IsUsed = ReadsProducts,
        });
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ProductQueries>();
        services.AddSingleton<ProductChanges>();
        return builder;
    }

    // Orders and carts read the prices of products from the store.
    private static bool ReadsProducts(IConfiguration settings) =>
        FunctionSwitches.AnyIsEnabled(settings, typeof(CatalogueFunctions))
        || PriceReaders.Any(function => !FunctionSwitches.IsDisabled(settings, function));
}
