using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary><c>GET /api/orders?month=&amp;limit=&amp;cursor=</c>: a customer's orders of a month, newest first.</summary>
public sealed class ListOrders(OrderQueries orders)
{
    [Function(nameof(ListOrders))]
    [RequireScope("orders.read")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/orders")] HttpRequest request)
    {
        var http = request.HttpContext;
        var query = new OrderListQuery
        {
            Month = request.QueryParameter("month"),
            Limit = request.QueryParameter("limit"),
            Cursor = request.QueryParameter("cursor"),
            ConsistencyToken = OrderAnswers.ConsistencyTokenOf(request),
        };
        var outcome = await orders.ListAsync(http.CustomerId(), query, http.RequestAborted);
        if (!outcome.Succeeded(out var listing, out var problem))
        {
            return problem.ToResult();
        }

        http.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Json(
            new OrderPageView([.. listing.Orders.Select(OrderView.Of)], listing.NextCursor), OrderBodies.Default.OrderPageView);
    }
}
