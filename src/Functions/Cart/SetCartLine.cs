using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary><c>PUT /api/cart/lines/{sku}</c>: sets a line, or removes it by a quantity of 0. The first line begins a session.</summary>
public sealed class SetCartLine(Carts carts)
{
    [Function(nameof(SetCartLine))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/cart/lines/{sku}")] HttpRequest request, string sku)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, CartBodies.Default.CartLineChange, http.RequestAborted);
        if (!body.Succeeded(out var change, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await carts.SetLineAsync(SessionCookie.Read(request), sku, change, http.RequestAborted);
        if (!outcome.Succeeded(out var changed, out problem))
        {
            return problem.ToResult();
        }

        if (changed.Issued is { } session)
        {
            SessionCookie.Issue(http.Response, session);
        }

        return CartAnswers.Shown(changed.Cart, http.Response);
    }
}
