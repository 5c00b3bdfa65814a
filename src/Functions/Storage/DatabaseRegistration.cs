using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Storage;

/// <summary>Registers the database of orders and products.</summary>
internal static class DatabaseRegistration
{
    /// <summary>The setting that selects the store of orders and products.</summary>
    public const string StoreSetting = "Orders:Store";

    private const string CosmosSection = "Orders:Cosmos";

    /// <summary>Returns whether orders and products are stored in Cosmos DB.</summary>
    /// <remarks>
    /// Reads the setting and not the options, because invalid options would end the start before all invalid settings are reported.
    /// </remarks>
    public static bool IsCosmos(IConfiguration settings) => NamedSetting.Is(settings, StoreSetting, DatabaseKind.Cosmos);

    /// <summary>Adds the account, which the capabilities with containers share. May be called more than once.</summary>
    /// <param name="builder">The builder of the app.</param>
    /// <param name="metadata">The generated metadata of the items in the caller's container.</param>
    public static IHostApplicationBuilder AddDatabase(this IHostApplicationBuilder builder, IJsonTypeInfoResolver metadata)
    {
        builder.Services.AddSingleton(metadata);
        builder.Services.TryAddSingleton(provider => new CosmosAccount(
            builder.Configuration.GetSection(CosmosSection).Get<CosmosOptions>() ?? new(),
            () => StorageClients.Credential(builder.Configuration, builder.Environment),
            provider.GetServices<IJsonTypeInfoResolver>()));
        return builder;
    }
}
