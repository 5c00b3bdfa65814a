using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary><c>DELETE /api/cart</c>: ends the session and its cart.</summary>
public sealed class ClearCart(Carts carts)
{
    [Function(nameof(ClearCart))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/cart")] HttpRequest request)
    {
        var http = request.HttpContext;
        if (await carts.ClearAsync(SessionCookie.Read(request), http.RequestAborted) is { } problem)
        {
            return problem.ToResult();
        }

        SessionCookie.Withdraw(request);
        CartAnswers.NeverCached(http.Response);
        return TypedResults.NoContent();
    }
}
