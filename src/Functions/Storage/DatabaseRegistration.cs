using System.Text.Json.Serialization.Metadata;
using Azure.Data.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Storage;

/// <summary>How a capability keeps its data in the database of orders and products, which is Table Storage or Cosmos DB.</summary>
/// <typeparam name="TStore">The interface of the capability's store.</typeparam>
internal sealed record DatabaseStore<TStore>
{
    public required Func<TableServiceClient, TStore> InTables { get; init; }

    public required Func<CosmosAccount, TStore> InCosmos { get; init; }

    /// <summary>The generated metadata of the items in the capability's container.</summary>
    public required IJsonTypeInfoResolver Metadata { get; init; }

    /// <summary>The name of the readiness check of the container.</summary>
    public required string CheckName { get; init; }

    /// <summary>Reads an item that does not exist in the container, which costs one RU.</summary>
    public required Func<CosmosAccount, CancellationToken, Task> Ping { get; init; }

    /// <summary>Returns whether this app runs functions that use the store. Other apps do not check the container.</summary>
    public required Func<IConfiguration, bool> IsUsed { get; init; }
}

/// <summary>Registers the stores in the database of orders and products.</summary>
internal static class DatabaseRegistration
{
    /// <summary>The setting that selects the database.</summary>
    public const string StoreSetting = "Orders:Store";

    private const string CosmosSection = "Orders:Cosmos";

    /// <summary>
    /// Adds a store, and a readiness check of its container if the store is in Cosmos DB. All stores share one account, and so one client.
    /// </summary>
    public static IHostApplicationBuilder AddDatabaseStore<TStore>(this IHostApplicationBuilder builder, DatabaseStore<TStore> store)
        where TStore : class
    {
        var services = builder.Services;
        services.AddSingleton(store.Metadata);
        services.TryAddSingleton(provider => new CosmosAccount(
            builder.Configuration.GetSection(CosmosSection).Get<CosmosOptions>() ?? new(),
            () => StorageClients.Credential(builder.Configuration, builder.Environment),
            provider.GetServices<IJsonTypeInfoResolver>()));
        services.AddSingleton(provider => IsCosmos(builder.Configuration)
            ? store.InCosmos(provider.GetRequiredService<CosmosAccount>())
            : store.InTables(provider.GetRequiredService<TableServiceClient>()));

        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IConfiguration>((health, settings) =>
        {
            if (IsCosmos(settings) && store.IsUsed(settings))
            {
                health.Registrations.AddDependency(
                    store.CheckName, provider => new ContainerHealthCheck(cancellation => store.Ping(provider.GetRequiredService<CosmosAccount>(), cancellation)));
            }
        });
        return builder;
    }

    // Reads the setting and not the options, because invalid options would end the start before all invalid settings are reported.
    private static bool IsCosmos(IConfiguration settings) => NamedSetting.Is(settings, StoreSetting, DatabaseKind.Cosmos);
}

/// <summary>Checks a container. Stops waiting at the time limit, even if the client library ignores its cancellation token.</summary>
internal sealed class ContainerHealthCheck(Func<CancellationToken, Task> ping) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await ping(cancellationToken).WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
