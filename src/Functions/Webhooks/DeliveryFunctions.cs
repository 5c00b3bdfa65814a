using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>The HTTP API for webhook deliveries.</summary>
public sealed class DeliveryFunctions(DeliveryQueries deliveries, DeliveryReplay replay)
{
    /// <summary>
    /// <c>GET /api/webhooks/endpoints/{id}/deliveries?status=&amp;limit=&amp;cursor=</c>: lists an endpoint's deliveries with their
    /// attempts, newest first.
    /// </summary>
    [Function("ListDeliveries")]
    [RequireScope(WebhookResponses.Scope)]
    [QueryParameter("status", "Lists only the deliveries with this status.", ValuesOf = typeof(DeliveryStatus))]
    [QueryParameter("limit", "The maximum number of elements on a page. The default is 50.", Minimum = PageLimit.Min, Maximum = PageLimit.Max)]
    [QueryParameter("cursor", "The `nextCursor` of the previous page, an opaque string.")]
    [Returns<DeliveryPageView>(200, Headers = ["Link"])]
    [Problems("endpoint-not-found", "limit-invalid", "cursor-invalid", "status-invalid")]
    public async Task<IResult> ListAsync(
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

        PageLink.Add(request, listing.NextCursor, "status", "limit");
        var openUntil = listing.Endpoint.Health.OpenUntil;
        return JsonResponse.Of(
            new DeliveryPageView([.. listing.Deliveries.Select(stored => DeliveryView.Of(stored, openUntil))], listing.NextCursor),
            WebhookBodies.Default.DeliveryPageView);
    }

    /// <summary><c>GET /api/webhooks/deliveries/{id}</c>: returns a delivery with its payload and its attempts.</summary>
    [Function("GetDelivery")]
    [RequireScope(WebhookResponses.Scope)]
    [Returns<DeliveryView>(200)]
    [Problems("delivery-not-found")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/deliveries/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await deliveries.FindAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var found, out var problem)
            ? JsonResponse.Of(DeliveryView.Of(found), WebhookBodies.Default.DeliveryView)
            : problem.ToResult();
    }

    /// <summary><c>POST /api/webhooks/deliveries/{id}/replay</c>: sends a delivery again with the same <c>webhook-id</c>.</summary>
    [Function("ReplayDelivery")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    [Returns<DeliveryView>(202)]
    [Problems("delivery-not-found", "endpoint-not-active")]
    public async Task<IResult> ReplayAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/deliveries/{id}/replay")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await replay.ReplayAsync(http.CustomerId(), id, http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var stored, out var problem)
            ? JsonResponse.Of(DeliveryView.Of(stored), WebhookBodies.Default.DeliveryView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }
}
