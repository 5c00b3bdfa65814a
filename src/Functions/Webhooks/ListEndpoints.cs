using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>GET /api/webhooks/endpoints?limit=&amp;cursor=</c>: a customer's endpoints, newest first.</summary>
public sealed class ListEndpoints(EndpointManagement endpoints)
{
    [Function(nameof(ListEndpoints))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints")] HttpRequest request)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.ListAsync(
            http.CustomerId(), request.QueryParameter("limit"), request.QueryParameter("cursor"), http.RequestAborted);
        return outcome.Succeeded(out var page, out var problem)
            ? TypedResults.Json(
                new EndpointPageView([.. page.Endpoints.Select(stored => EndpointView.Of(stored))], page.NextCursor),
                WebhookBodies.Default.EndpointPageView)
            : problem.ToResult();
    }
}
