using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>The layouts of a batch's operations and results, from the schema that the client assembly carries.</summary>
internal static class BatchSchema
{
    private const string Resource = "Microsoft.Azure.Cosmos.Batch.HybridRowBatchSchemas.json";
    private static readonly Namespace Schema = Load();

    public static LayoutResolverNamespace Resolver { get; } = new(Schema, null);

    public static Layout Result { get; } = Resolver.Resolve(Schema.Schemas.Single(schema => schema.Name == "BatchResult").SchemaId);

    private static Namespace Load()
    {
        using var stream = typeof(CosmosClient).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The Cosmos client assembly no longer has the resource {Resource}.");
        using var reader = new StreamReader(stream);
        return Namespace.Parse(reader.ReadToEnd());
    }
}
