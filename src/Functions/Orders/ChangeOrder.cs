using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary><c>PATCH /api/orders/{id}</c>: moves an order to its next status.</summary>
public sealed class ChangeOrder(OrderChanges changes)
{
    [Function(nameof(ChangeOrder))]
    [RequireScope("orders.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/orders/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        if (!OrderETag.ParseIfMatch(request.Headers.IfMatch).Succeeded(out var expected, out var problem))
        {
            return problem.ToResult();
        }

        var body = await JsonBody.ReadAsync(request, OrderBodies.Default.OrderChange, http.RequestAborted);
        if (!body.Succeeded(out var change, out problem))
        {
            return problem.ToResult();
        }

        var outcome = await changes.ChangeAsync(http.CustomerId(), id, expected, change.Status, http.RequestAborted);
        return outcome.Succeeded(out var written, out problem) ? OrderAnswers.Changed(written, http.Response) : problem.ToResult();
    }
}
