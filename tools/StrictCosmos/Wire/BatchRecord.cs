using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Decodes one operation of a batch.</summary>
internal sealed class BatchRecord
{
    private const int DocumentResource = 2;

    private int? _operationType;
    private int? _resourceType;
    private string? _partitionKey;
    private string? _id;
    private byte[]? _body;
    private string? _ifMatch;
    private string? _ifNoneMatch;
    private bool _minimal;

    private BatchRecord()
    {
    }

    /// <exception cref="RefusedException">400: the record is malformed.</exception>
    public static BatchRecord Parse(ReadOnlyMemory<byte> record)
    {
        var parsed = new BatchRecord();
        try
        {
            var row = new RowBuffer(record.Length);
            if (!row.ReadFrom(record.Span, HybridRowVersion.V1, BatchSchema.Resolver))
            {
                throw BatchBody.Malformed();
            }
            var reader = new RowReader(ref row);
            while (reader.Read())
            {
                if (parsed.ReadField(ref reader) != Result.Success)
                {
                    throw BatchBody.Malformed();
                }
            }
        }
        catch (Exception malformed) when (malformed is not RefusedException and not OutOfMemoryException)
        {
            // The reader throws exceptions of several types. All of them mean that the bytes are not a valid operation.
            throw BatchBody.Malformed();
        }
        return parsed;
    }

    /// <exception cref="RefusedException">400: the operation is not supported, or it names a different partition key.</exception>
    public ItemOperation ToOperation(PartitionKeyDefinition definition, string partitionKey)
    {
        if (_resourceType != DocumentResource)
        {
            throw RefusedException.BadRequest("A batch must consist of operations on items.");
        }
        if (_partitionKey is not null && definition.KeyOf(_partitionKey) != partitionKey)
        {
            throw RefusedException.BadRequest("All operations of a batch must be in the same logical partition.");
        }
        // The numbers are the values of the SDK's OperationType.
        var kind = _operationType switch
        {
            0 => ItemOperationKind.Create,
            2 => ItemOperationKind.Read,
            4 => ItemOperationKind.Delete,
            5 => ItemOperationKind.Replace,
            20 => ItemOperationKind.Upsert,
            _ => throw RefusedException.BadRequest($"StrictCosmos does not support operation {_operationType} in a batch."),
        };
        var item = kind is ItemOperationKind.Read or ItemOperationKind.Delete ? null : SubmittedItem.Parse(_body ?? [], definition);
        return new ItemOperation
        {
            Kind = kind,
            Id = kind is ItemOperationKind.Create or ItemOperationKind.Upsert ? item!.Id : _id ?? throw BatchBody.Malformed(),
            Item = item,
            // The service applies the operations before this one. This operation then fails with 400, and all other operations fail
            // with 424.
            Refusal = item is not null && item.PartitionKey != partitionKey ? RefusedException.PartitionKeyMismatch() : null,
            IfMatch = _ifMatch,
            IfNoneMatch = _ifNoneMatch,
            ReturnsNothing = _minimal,
        };
    }

    private Result ReadField(ref RowReader reader)
    {
        Result result;
        switch (reader.Path.ToString())
        {
            case "operationType":
                result = reader.ReadInt32(out var operationType);
                _operationType = operationType;
                return result;
            case "resourceType":
                result = reader.ReadInt32(out var resourceType);
                _resourceType = resourceType;
                return result;
            case "partitionKey":
                return reader.ReadString(out _partitionKey);
            case "id":
                return reader.ReadString(out _id);
            case "resourceBody":
                return reader.ReadBinary(out _body);
            case "ifMatch":
                return reader.ReadString(out _ifMatch);
            case "ifNoneMatch":
                return reader.ReadString(out _ifNoneMatch);
            case "minimalReturnPreference":
                return reader.ReadBool(out _minimal);
            default:
                return Result.Success;
        }
    }
}
