using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Transactional batches: all of the operations, or none.</summary>
internal static class BatchHandler
{
    private const string RecordContentType = "application/octet-stream";

    /// <exception cref="RefusedException">With the status that the service answers.</exception>
    public static async Task<GatewayAnswer> HandleAsync(GatewayRequest request, Container container)
    {
        if (!request.IsSet(CosmosHeaders.IsBatchAtomic) || request.Header(CosmosHeaders.PartitionKey) is not { } header)
        {
            throw RefusedException.BadRequest("StrictCosmos supports transactional batches in one logical partition, not bulk requests.");
        }
        var key = container.PartitionKey.KeyOf(header);
        var partition = container.PartitionOf(key);
        var operations = BatchBody.Parse(request.Body, container.PartitionKey, key);
        partition.Admit();
        var (outcomes, lsn) = partition.Write(key, operations);
        var charge = Math.Round(outcomes.Sum(outcome => outcome.Charge), 2);
        partition.Spend(charge);
        return new GatewayAnswer
        {
            // The SDK takes the status of the operation that failed from among the results.
            Status = outcomes.Any(outcome => outcome.IsFailure) ? StatusCodes.Status207MultiStatus : StatusCodes.Status200OK,
            Body = await BatchResults.WriteAsync(operations, outcomes),
            ContentType = RecordContentType,
            Charge = charge,
            Partition = partition,
            Lsn = lsn,
            Container = container,
            IsRolledBack = outcomes.Any(outcome => outcome.IsFailure),
        };
    }
}
