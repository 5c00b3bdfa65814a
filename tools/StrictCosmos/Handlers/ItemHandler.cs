using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Point operations.</summary>
internal static class ItemHandler
{
    /// <exception cref="RefusedException">With the status that the service answers.</exception>
    public static GatewayAnswer Handle(GatewayRequest request, Container container)
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
        var (outcomes, lsn) = partition.Write(key, [operation]);
        var outcome = outcomes[0];
        partition.Spend(outcome.Charge);
        var answer = outcome.Message is { } message
            ? GatewayAnswer.Error(outcome.Status, message)
            : new GatewayAnswer { Status = outcome.Status, Body = operation.ReturnsNothing ? default : outcome.Item?.Json ?? default, ETag = outcome.Item?.ETag };
        return answer with { Charge = outcome.Charge, Partition = partition, Lsn = lsn, Container = container };
    }

    private static GatewayAnswer Read(GatewayRequest request, Container container, PhysicalPartition partition, string key)
    {
        partition.Admit();
        var (item, lsn) = partition.Read(key, request.Path.DocumentId!, request.NeedOf(partition));
        var charge = item is null ? RequestCharge.Miss : RequestCharge.Read(item.Json.Length);
        partition.Spend(charge);
        var answer = item switch
        {
            null => GatewayAnswer.Error(StatusCodes.Status404NotFound, "Entity with the specified id does not exist in the system."),
            _ when request.IfNoneMatch == item.ETag => new GatewayAnswer { Status = StatusCodes.Status304NotModified, ETag = item.ETag },
            _ => new GatewayAnswer { Status = StatusCodes.Status200OK, Body = item.Json, ETag = item.ETag },
        };
        return answer with { Charge = charge, Partition = partition, Lsn = lsn, Container = container };
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
            throw new RefusedException(
                StatusCodes.Status400BadRequest, "PartitionKey extracted from document doesn't match the one specified in the header.", SubStatus.PartitionKeyMismatch);
        }
        if (request.Operation == CosmosOperations.Replace && item.Id != request.Path.DocumentId)
        {
            throw RefusedException.BadRequest("The id of an item cannot be replaced.");
        }
        return new ItemOperation
        {
            Kind = request.Operation switch
            {
                CosmosOperations.Create => ItemOperationKind.Create,
                CosmosOperations.Upsert => ItemOperationKind.Upsert,
                _ => ItemOperationKind.Replace,
            },
            Id = item.Id,
            Item = item,
            IfMatch = request.IfMatch,
            ReturnsNothing = request.ReturnsNothing,
        };
    }
}
