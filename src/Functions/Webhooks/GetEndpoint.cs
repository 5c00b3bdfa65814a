using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>GET /api/webhooks/endpoints/{id}</c>: an endpoint of the customer, without its secret.</summary>
public sealed class GetEndpoint(EndpointManagement endpoints)
{
    [Function(nameof(GetEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.FindAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var stored, out var problem) ? WebhookAnswers.Of(stored) : problem.ToResult();
    }
}
