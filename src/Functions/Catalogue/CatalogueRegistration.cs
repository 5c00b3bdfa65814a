using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Functions.Storage;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Storage;

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
        builder.AddDatabase(CosmosProductContainer.Metadata);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CosmosProductContainer>();
        services.AddSingleton<IProductStore>(provider => DatabaseRegistration.IsCosmos(builder.Configuration)
            ? new LimitedProductStore(new CosmosProductStore(provider.GetRequiredService<CosmosAccount>()))
            : new TableProductStore(provider.GetRequiredService<TableServiceClient>()));
        services.AddSingleton<ProductQueries>();
        services.AddSingleton<ProductChanges>();

        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IConfiguration>((health, settings) =>
        {
            if (DatabaseRegistration.IsCosmos(settings) && ReadsProducts(settings))
            {
                health.Registrations.AddDependency("cosmos-products", ActivatorUtilities.GetServiceOrCreateInstance<ProductsHealthCheck>);
            }
        });
        return builder;
    }

    // Orders and carts read the prices of products from the store.
    private static bool ReadsProducts(IConfiguration settings) =>
        FunctionSwitches.AnyIsEnabled(settings, typeof(CatalogueFunctions))
        || PriceReaders.Any(function => !FunctionSwitches.IsDisabled(settings, function));
}

/// <summary>
/// Checks the container for products with one read of an item that does not exist, which costs one RU. Stops waiting at the time limit, even
/// if the client library ignores its cancellation token.
/// </summary>
internal sealed class ProductsHealthCheck(CosmosProductContainer products) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await products.PingAsync(cancellationToken).WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
