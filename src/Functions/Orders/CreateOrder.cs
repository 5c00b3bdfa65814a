using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary><c>POST /api/orders</c>: places an order, once for each idempotency key.</summary>
public sealed class CreateOrder(OrderPlacement placement)
{
    /// <summary>An order at all its limits has a fifth of it.</summary>
    private const int MaxBytes = 64 * 1024;

    [Function(nameof(CreateOrder))]
    [RequireScope("orders.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/orders")] HttpRequest request)
    {
        var http = request.HttpContext;
        if (!IdempotencyKey.Parse(request.Headers[IdempotencyKey.HeaderName]).Succeeded(out var key, out var problem))
        {
            return problem.ToResult();
        }

        var body = await JsonBody.ReadAsync(request, OrderBodies.Default.OrderRequest, MaxBytes, http.RequestAborted);
        if (!body.Succeeded(out var order, out problem))
        {
            return problem.ToResult();
        }

        var outcome = await placement.PlaceAsync(http.CustomerId(), key, order, http.RequestAborted);
        return outcome.Succeeded(out var written, out problem) ? OrderAnswers.Created(written, http.Response) : problem.ToResult();
    }
}
