using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>GET /api/webhooks/endpoints/{id}/deliveries?status=&amp;limit=&amp;cursor=</c>: newest first, with every attempt.</summary>
public sealed class ListDeliveries(DeliveryQueries deliveries)
{
    [Function(nameof(ListDeliveries))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints/{id}/deliveries")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var query = new DeliveryListQuery
        {
            Status = request.QueryParameter("status"),
            Limit = request.QueryParameter("limit"),
            Cursor = request.QueryParameter("cursor"),
        };
        var outcome = await deliveries.ListAsync(http.CustomerId(), id, query, http.RequestAborted);
        if (!outcome.Succeeded(out var listing, out var problem))
        {
            return problem.ToResult();
        }

        var openUntil = listing.Endpoint.Health.OpenUntil;
        return TypedResults.Json(
            new DeliveryPageView([.. listing.Deliveries.Select(stored => DeliveryView.Of(stored, openUntil))], listing.NextCursor),
            WebhookBodies.Default.DeliveryPageView);
    }
}
