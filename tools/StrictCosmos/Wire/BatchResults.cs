using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Writes the results of a batch as HybridRow records.</summary>
internal static class BatchResults
{
    private const int InitialBytes = 1024;

    public static async Task<ReadOnlyMemory<byte>> WriteAsync(IReadOnlyList<ItemOperation> operations, IReadOnlyList<ItemOutcome> outcomes)
    {
        using var body = new MemoryStream();
        var written = await body.WriteRecordIOAsync(
            default(Segment),
            (long index, out ReadOnlyMemory<byte> record) =>
            {
                record = default;
                return index >= outcomes.Count ? Result.Success : Write(operations[(int)index], outcomes[(int)index], out record);
            });
        return written == Result.Success ? body.ToArray() : throw new InvalidOperationException($"The results of a batch could not be written: {written}.");
    }

    private static Result Write(ItemOperation operation, ItemOutcome outcome, out ReadOnlyMemory<byte> record)
    {
        var buffer = new MemorySpanResizer<byte>(InitialBytes);
        var row = new RowBuffer(InitialBytes, buffer);
        row.InitLayout(HybridRowVersion.V1, BatchSchema.Result, BatchSchema.Resolver);
        var result = RowWriter.WriteBuffer(
            ref row,
            (operation, outcome),
            static (ref RowWriter writer, TypeArgument _, (ItemOperation Operation, ItemOutcome Outcome) context) => WriteFields(ref writer, context.Operation, context.Outcome));
        record = row.ToArray();
        return result;
    }

    private static Result WriteFields(ref RowWriter writer, ItemOperation operation, ItemOutcome outcome)
    {
        var result = writer.WriteInt32("statusCode", outcome.Status);
        if (result == Result.Success)
        {
            result = writer.WriteInt32("subStatusCode", outcome.SubStatus);
        }
        if (result == Result.Success && outcome.Item is { } item)
        {
            result = writer.WriteString("eTag", item.ETag);
            if (result == Result.Success && !operation.ReturnsNothing && outcome.Status != StatusCodes.Status304NotModified)
            {
                result = writer.WriteBinary("resourceBody", item.Json.Span);
            }
        }
        if (result == Result.Success && outcome.Message is { } message)
        {
            result = writer.WriteBinary("resourceBody", Encoding.UTF8.GetBytes(message));
        }
        return result == Result.Success ? writer.WriteFloat64("requestCharge", outcome.Charge) : result;
    }
}

/// <summary>
/// Provides the layouts of batch operations and batch results. They are loaded from the schema that is embedded in the SDK's assembly.
/// </summary>
internal static class BatchSchema
{
    private const string Resource = "Microsoft.Azure.Cosmos.Batch.HybridRowBatchSchemas.json";
    private static readonly Namespace Schema = Load();

    public static LayoutResolverNamespace Resolver { get; } = new(Schema, null);

    public static Layout Result { get; } = Resolver.Resolve(Schema.Schemas.Single(schema => schema.Name == "BatchResult").SchemaId);

    private static Namespace Load()
    {
        using var stream = typeof(CosmosClient).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The SDK's assembly does not contain the resource {Resource}.");
        using var reader = new StreamReader(stream);
        return Namespace.Parse(reader.ReadToEnd());
    }
}
