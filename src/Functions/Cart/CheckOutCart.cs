using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Cart;

/// <summary>
/// <c>POST /api/cart/checkout</c>: makes the cart an order of the token's customer, once, and answers with a new session. The scope
/// is the cart's own, so that a shop window's token cannot place whatever order it likes.
/// </summary>
public sealed class CheckOutCart(CartCheckouts checkouts)
{
    [Function(nameof(CheckOutCart))]
    [RequireScope("cart")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/cart/checkout")] HttpRequest request)
    {
        var http = request.HttpContext;
        if (!IdempotencyKey.Parse(request.Headers[IdempotencyKey.HeaderName]).Succeeded(out var key, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await checkouts.CheckOutAsync(SessionCookie.Read(request), http.CustomerId(), key, http.RequestAborted);
        if (!outcome.Succeeded(out var checkedOut, out problem))
        {
            return problem.ToResult();
        }

        if (checkedOut.Issued is { } session)
        {
            SessionCookie.Issue(http.Response, session);
        }

        var answer = OrderAnswers.Created(checkedOut.Order, http.Response);
        CartAnswers.NeverCached(http.Response);
        return answer;
    }
}
