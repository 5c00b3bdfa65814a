using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Dispatch;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>POST /api/webhooks/endpoints/{id}/test</c>: sends <c>webhook.test</c> to this endpoint.</summary>
public sealed class TestEndpoint(WebhookTest test)
{
    [Function(nameof(TestEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/test")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await test.SendAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var sent, out var problem)
            ? TypedResults.Json(
                new TestView(sent.DeliveryId.Value, sent.EventId), WebhookBodies.Default.TestView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }
}
