using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>POST /api/webhooks/endpoints/{id}/recover</c>: sends everything again that has failed since a time.</summary>
public sealed class RecoverEndpoint(DeliveryReplay replay)
{
    [Function(nameof(RecoverEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/recover")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.RecoveryRequest, http.RequestAborted);
        if (!body.Succeeded(out var wanted, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await replay.RecoverAsync(http.CustomerId(), id, wanted.Since, http.RequestAborted);
        return outcome.Succeeded(out var endpoint, out problem)
            ? TypedResults.Json(EndpointView.Of(endpoint), WebhookBodies.Default.EndpointView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }
}
