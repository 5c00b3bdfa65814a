using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary><c>GET /api/orders/{id}</c>: an order of the customer, at least as new as the consistency token says.</summary>
public sealed class GetOrder(OrderQueries orders)
{
    [Function(nameof(GetOrder))]
    [RequireScope("orders.read")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/orders/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await orders.FindAsync(http.CustomerId(), id, OrderAnswers.ConsistencyTokenOf(request), http.RequestAborted);
        if (!outcome.Succeeded(out var order, out var problem))
        {
            return problem.ToResult();
        }

        var etag = OrderETag.Of(order);
        http.Response.Headers.ETag = etag.ToString();
        http.Response.Headers.CacheControl = "private, no-cache";
        return request.IfNoneMatchNames(etag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Json(OrderView.Of(order), OrderBodies.Default.OrderView);
    }
}
