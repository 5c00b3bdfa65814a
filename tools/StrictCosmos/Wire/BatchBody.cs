using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Reads the operations of a batch: HybridRow records, one for each.</summary>
internal static class BatchBody
{
    /// <param name="partitionKey">Of the batch; every item must lie in it.</param>
    /// <exception cref="RefusedException">400 or 413 when the batch is malformed or beyond a limit.</exception>
    public static IReadOnlyList<ItemOperation> Parse(ReadOnlyMemory<byte> body, PartitionKeyDefinition definition, string partitionKey)
    {
        if (body.Length > ServiceLimits.BatchBytes)
        {
            throw RefusedException.TooLarge($"Request size is too large: a batch must not exceed {ServiceLimits.BatchBytes} bytes.");
        }
        var records = Records(body);
        if (records.Count is 0 or > ServiceLimits.BatchOperations)
        {
            throw RefusedException.BadRequest($"Batch request has {records.Count} operations; 1 to {ServiceLimits.BatchOperations} are supported.");
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
                // The parser states its contract in exceptions of several kinds; all mean that the bytes are no records.
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
