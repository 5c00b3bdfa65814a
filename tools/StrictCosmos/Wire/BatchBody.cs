using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Reads the operations in the body of a batch request. Each operation is a HybridRow record.</summary>
internal static class BatchBody
{
    /// <param name="body">The body of the request.</param>
    /// <param name="definition">The container's partition key definition.</param>
    /// <param name="partitionKey">The effective partition key of the batch. Every item must have this key.</param>
    /// <exception cref="RefusedException">400 or 413: the batch is malformed or exceeds a limit.</exception>
    public static IReadOnlyList<ItemOperation> Parse(ReadOnlyMemory<byte> body, PartitionKeyDefinition definition, string partitionKey)
    {
        if (body.Length > ServiceLimits.BatchBytes)
        {
            throw RefusedException.TooLarge($"Request size is too large: a batch must not exceed {ServiceLimits.BatchBytes} bytes.");
        }
        var records = Records(body);
        if (records.Count is 0 or > ServiceLimits.BatchOperations)
        {
            throw RefusedException.BadRequest($"The batch has {records.Count} operations. It must have 1 to {ServiceLimits.BatchOperations}.");
        }
        return [.. records.Select(record => BatchRecord.Parse(record).ToOperation(definition, partitionKey))];
    }

    private static List<ReadOnlyMemory<byte>> Records(ReadOnlyMemory<byte> body)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        var parser = default(RecordIOParser);
        var rest = body;
        while (rest.Length > 0)
        {
            Result result;
            RecordIOParser.ProductionType type;
            ReadOnlyMemory<byte> record;
            int consumed;
            try
            {
                result = parser.Process(rest, out type, out record, out _, out consumed);
            }
            catch (Exception malformed) when (malformed is not OutOfMemoryException)
            {
                // The parser throws exceptions of several types. All of them mean that the bytes are not valid records.
                throw Malformed();
            }
            if (result != Result.Success || consumed <= 0)
            {
                throw Malformed();
            }
            if (type == RecordIOParser.ProductionType.Record)
            {
                records.Add(record);
            }
            rest = rest[consumed..];
        }
        return records;
    }

    internal static RefusedException Malformed() => RefusedException.BadRequest("The body of the batch is malformed.");
}
