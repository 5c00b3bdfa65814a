using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Determines the kind of a request from its method, its path and its headers.</summary>
internal static class RequestKind
{
    /// <exception cref="RefusedException">400 or 405: the request is not supported.</exception>
    public static CosmosOperations Of(HttpRequest request, ResourcePath path)
    {
        if (path.ResourceType != "docs")
        {
            return CosmosOperations.Metadata;
        }
        if (request.Headers.TryGetValue(CosmosHeaders.ConsistencyLevel, out var level) && level.ToString() is "Strong" or "BoundedStaleness")
        {
            throw RefusedException.BadRequest("ConsistencyLevel must not be stronger than the account's, which is Session.");
        }
        return (request.Method, path.IsFeed) switch
        {
            ("POST", true) when GatewayRequest.IsSet(request, CosmosHeaders.IsBatch) => CosmosOperations.Batch,
            ("POST", true) when GatewayRequest.IsSet(request, CosmosHeaders.IsQueryPlan) => CosmosOperations.QueryPlan,
            ("POST", true) when GatewayRequest.IsSet(request, CosmosHeaders.IsQuery) => CosmosOperations.Query,
            ("POST", true) when GatewayRequest.IsSet(request, CosmosHeaders.IsUpsert) => CosmosOperations.Upsert,
            ("POST", true) => CosmosOperations.Create,
            ("GET", false) => CosmosOperations.Read,
            ("PUT", false) => CosmosOperations.Replace,
            ("DELETE", false) => CosmosOperations.Delete,
            ("GET", true) => throw RefusedException.BadRequest("StrictCosmos does not support read feeds and change feeds of items. Use a query."),
            _ => throw new RefusedException(StatusCodes.Status405MethodNotAllowed, $"StrictCosmos does not support {request.Method} on items."),
        };
    }

    public static bool IsWrite(GatewayRequest request) =>
        (request.Operation & CosmosOperations.Writes) != 0 || (request.Operation == CosmosOperations.Metadata && request.Method != HttpMethods.Get);
}
