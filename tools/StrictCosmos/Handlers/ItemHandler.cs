using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Handles point operations, which create, read, replace, upsert or delete one item.</summary>
internal static class ItemHandler
{
    /// <exception cref="RefusedException">The service would reject the request. The exception contains the status.</exception>
    public static GatewayResponse Handle(GatewayRequest request, Container container)
    {
        var header = request.Header(CosmosHeaders.PartitionKey)
            ?? throw RefusedException.BadRequest("PartitionKey value must be supplied for this operation.");
        var key = container.PartitionKey.KeyOf(header);
        var partition = container.PartitionOf(key);
        if (request.Operation == CosmosOperations.Read)
        {
            return Read(request, container, partition, key);
        }
        var operation = Operation(request, container, key);
        partition.Admit();
        var (outcomes, lsn) = partition.Write(key, [operation], sessionLsn: null);
        var outcome = outcomes[0];
        partition.Spend(outcome.Charge);
        var response = outcome.Message is { } message
            ? GatewayResponse.Error(outcome.Status, message)
            : new GatewayResponse { Status = outcome.Status, Body = operation.ReturnsNothing ? default : outcome.Item?.Json ?? default, ETag = outcome.Item?.ETag };
        return response with { Charge = outcome.Charge, Partition = partition, Lsn = lsn, Container = container };
    }

    private static GatewayResponse Read(GatewayRequest request, Container container, PhysicalPartition partition, string key)
    {
        partition.Admit();
        var (item, lsn) = partition.Read(key, request.Path.DocumentId!, request.RequirementOf(partition));
        var charge = item is null ? RequestCharge.Miss : RequestCharge.Read(item.Json.Length);
        partition.Spend(charge);
        var response = item switch
        {
            null => GatewayResponse.Error(StatusCodes.Status404NotFound, "Entity with the specified id does not exist in the system."),
            _ when request.IfNoneMatch == item.ETag => new GatewayResponse { Status = StatusCodes.Status304NotModified, ETag = item.ETag },
            _ => new GatewayResponse { Status = StatusCodes.Status200OK, Body = item.Json, ETag = item.ETag },
        };
        return response with { Charge = charge, Partition = partition, Lsn = lsn, Container = container };
    }

    private static ItemOperation Operation(GatewayRequest request, Container container, string key)
    {
        if (request.Operation == CosmosOperations.Delete)
        {
            return new ItemOperation { Kind = ItemOperationKind.Delete, Id = request.Path.DocumentId!, IfMatch = request.IfMatch };
        }
        var item = SubmittedItem.Parse(request.Body, container.PartitionKey);
        if (item.PartitionKey != key)
        {
            throw RefusedException.PartitionKeyMismatch();
        }
        return new ItemOperation
        {
            Kind = request.Operation switch
            {
                CosmosOperations.Create => ItemOperationKind.Create,
                CosmosOperations.Upsert => ItemOperationKind.Upsert,
                _ => ItemOperationKind.Replace,
            },
            Id = request.Operation == CosmosOperations.Replace ? request.Path.DocumentId! : item.Id,
            Item = item,
            IfMatch = request.IfMatch,
            ReturnsNothing = request.ReturnsNothing,
        };
    }
}
