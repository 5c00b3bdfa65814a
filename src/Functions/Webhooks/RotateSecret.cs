using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>POST /api/webhooks/endpoints/{id}/rotate-secret</c>: a new secret, beside which the old one signs for another day.</summary>
public sealed class RotateSecret(EndpointManagement endpoints)
{
    [Function(nameof(RotateSecret))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/rotate-secret")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.RotateSecretAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var rotated, out var problem)
            ? WebhookAnswers.WithSecret(rotated, StatusCodes.Status200OK)
            : problem.ToResult();
    }
}
