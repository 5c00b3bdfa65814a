using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Azure.Cosmos;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Catalogue.Stores;

/// <summary>The container for products that the <c>Orders:Cosmos:ProductContainer</c> setting specifies.</summary>
public sealed class CosmosProductContainer(CosmosAccount account)
{
    /// <summary>The generated metadata of the container's items, for the client's serializer.</summary>
    public static IJsonTypeInfoResolver Metadata => CosmosProductJson.Default;

    internal ValueTask<Container> GetAsync(CancellationToken cancellationToken) =>
        account.GetAsync(account.Options.ProductContainer, Properties, cancellationToken);

    /// <summary>Reads a product that does not exist, to find out whether Cosmos DB responds and the container exists.</summary>
    /// <exception cref="CosmosException">Cosmos DB responded with an error.</exception>
    public async Task PingAsync(CancellationToken cancellationToken) => await CosmosResponses.PingAsync(
        await GetAsync(cancellationToken), new PartitionKey("health"), cancellationToken);

    private static ContainerProperties Properties(string name)
    {
        var properties = new ContainerProperties(name, "/id")
        {
            PartitionKeyDefinitionVersion = PartitionKeyDefinitionVersion.V2,
            IndexingPolicy = new IndexingPolicy(),
        };

        // The only query is the listing, which uses the id. Indexing properties that no query uses would make writes more expensive.
        properties.IndexingPolicy.IncludedPaths.Add(new IncludedPath { Path = "/id/?" });
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/*" });
        return properties;
    }
}

/// <summary>An item in the container. Its id is the SKU of the product.</summary>
internal sealed record CosmosProduct
{
    public required string Id { get; init; }

    public required Product Content { get; init; }

    public static CosmosProduct Of(Product product) => new() { Id = product.Sku, Content = product };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CosmosProduct))]
internal sealed partial class CosmosProductJson : JsonSerializerContext;
