using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary><c>GET /api/cart</c>: the cart of the cookie's session; an empty one, and still no session, without that.</summary>
public sealed class GetCart(Carts carts)
{
    [Function(nameof(GetCart))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/cart")] HttpRequest request)
    {
        var http = request.HttpContext;
        var outcome = await carts.FindAsync(SessionCookie.Read(request), http.RequestAborted);
        return outcome.Succeeded(out var cart, out var problem) ? CartAnswers.Shown(cart, http.Response) : problem.ToResult();
    }
}
