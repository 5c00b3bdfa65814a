using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>POST /api/webhooks/deliveries/{id}/replay</c>: sends a delivery again, under the same <c>webhook-id</c>.</summary>
public sealed class ReplayDelivery(DeliveryReplay replay)
{
    [Function(nameof(ReplayDelivery))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/deliveries/{id}/replay")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await replay.ReplayAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var stored, out var problem)
            ? TypedResults.Json(DeliveryView.Of(stored), WebhookBodies.Default.DeliveryView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }
}
