using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Handles transactional batches. If an operation fails, none of the batch's operations is applied.</summary>
internal static class BatchHandler
{
    private const string RecordContentType = "application/octet-stream";

    /// <exception cref="RefusedException">The service would reject the request. The exception contains the status.</exception>
    public static async Task<GatewayResponse> HandleAsync(GatewayRequest request, Container container)
    {
        if (!request.IsSet(CosmosHeaders.IsBatchAtomic) || request.Header(CosmosHeaders.PartitionKey) is not { } header)
        {
            throw RefusedException.BadRequest("StrictCosmos supports transactional batches in one logical partition, not bulk requests.");
        }
        var key = container.PartitionKey.KeyOf(header);
        var partition = container.PartitionOf(key);
        var operations = BatchBody.Parse(request.Body, container.PartitionKey, key);
        partition.Admit();
        var (outcomes, lsn) = partition.Write(key, operations, request.RequirementOf(partition).SessionLsn);
        var charge = Math.Round(outcomes.Sum(outcome => outcome.Charge), 2);
        partition.Spend(charge);
        return new GatewayResponse
        {
            // When the status is 207, the SDK reads the status of the failed operation from the results.
            Status = outcomes.Any(outcome => outcome.Status >= StatusCodes.Status300MultipleChoices)
                ? StatusCodes.Status207MultiStatus
                : StatusCodes.Status200OK,
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
