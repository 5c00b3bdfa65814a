using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>
/// Processes each request in a fixed order. It checks the region and the signature, injects faults before the operation, performs the
/// operation, injects faults after the operation, and writes the response.
/// </summary>
internal sealed class Gateway(
    Account account, MetadataHandler metadata, MasterKeySignature signature, Regions regions, FaultInjection faults, OperationMeters meters, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var region = regions.At(context.Connection.LocalPort);
        if (region is null || !region.IsOnline)
        {
            context.Abort();
            return;
        }
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string databaseName = "";
        GatewayResponse response;
        try
        {
            var path = ResourcePath.Parse(target);
            databaseName = path.DatabaseId ?? "";
            signature.Check(context.Request, path);
            var operation = RequestKind.Of(context.Request, path);
            var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
            var request = new GatewayRequest(context, path, operation, region == regions.WriteRegion, body);
            if (await RespondAsync(request, context.RequestAborted) is not { } responded)
            {
                context.Abort();
                return;
            }
            response = responded;
            meters.Count(operation, response);
        }
        catch (RefusedException refused)
        {
            response = GatewayResponse.Of(refused);
        }
        await response.WriteAsync(context, databaseName);
    }

    /// <returns>The response, or null when the connection must be closed without a response.</returns>
    private async Task<GatewayResponse?> RespondAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation != CosmosOperations.Metadata && faults.Latency is { Ticks: > 0 } latency)
        {
            await Task.Delay(latency, time, cancellationToken);
        }
        if (faults.Strike(FaultMoment.BeforeApplying, request.Operation) is { } before)
        {
            return FaultResponse.Of(before);
        }
        GatewayResponse response;
        try
        {
            response = await WorkAsync(request);
        }
        catch (RefusedException refused)
        {
            response = GatewayResponse.Of(refused);
        }
        return !response.IsFailure && faults.Strike(FaultMoment.AfterApplying, request.Operation) is { } after ? FaultResponse.Of(after) : response;
    }

    private async Task<GatewayResponse> WorkAsync(GatewayRequest request)
    {
        if (!request.InWriteRegion && RequestKind.IsWrite(request))
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden, "The requested operation cannot be performed at this region.", SubStatus.WriteForbidden);
        }
        if (request.Operation == CosmosOperations.Metadata)
        {
            return metadata.Handle(request);
        }
        var container = account
            .Find(request.Path.DatabaseId!, SubStatus.OwnerResourceNotFound)
            .Find(request.Path.ContainerId!, SubStatus.OwnerResourceNotFound);
        return request.Operation switch
        {
            CosmosOperations.Batch => await BatchHandler.HandleAsync(request, container),
            CosmosOperations.Query or CosmosOperations.QueryPlan => QueryHandler.Handle(request, container),
            _ => ItemHandler.Handle(request, container),
        };
    }
}
