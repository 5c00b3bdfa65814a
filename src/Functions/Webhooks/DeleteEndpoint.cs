using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>DELETE /api/webhooks/endpoints/{id}</c>: nothing more is sent to it, and its deliveries are gone.</summary>
public sealed class DeleteEndpoint(EndpointManagement endpoints)
{
    [Function(nameof(DeleteEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        return await endpoints.DeleteAsync(http.CustomerId(), id, http.RequestAborted) is { } problem
            ? problem.ToResult()
            : TypedResults.NoContent();
    }
}
