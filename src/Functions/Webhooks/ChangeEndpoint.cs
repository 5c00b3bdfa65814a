using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>PATCH /api/webhooks/endpoints/{id}</c>: changes what the body names, pausing and resuming included.</summary>
public sealed class ChangeEndpoint(EndpointManagement endpoints)
{
    [Function(nameof(ChangeEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.EndpointChange, http.RequestAborted);
        if (!body.Succeeded(out var change, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await endpoints.ChangeAsync(http.CustomerId(), id, change, http.RequestAborted);
        return outcome.Succeeded(out var stored, out problem) ? WebhookAnswers.Of(stored) : problem.ToResult();
    }
}
