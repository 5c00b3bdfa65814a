using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Cart;

/// <summary>The HTTP API for carts, <c>/api/cart</c>. A cart belongs to the session that the <c>sid</c> cookie identifies.</summary>
public sealed class CartFunctions(Carts carts, CartCheckouts checkouts)
{
    /// <summary>
    /// <c>GET /api/cart</c>: returns the session's cart. A request without a session gets an empty cart, and no session is started.
    /// </summary>
    [Function("GetCart")]
    [UsesSession]
    [Returns<CartView>(200)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/cart")] HttpRequest request)
    {
        var http = request.HttpContext;
        var outcome = await carts.FindAsync(SessionCookie.Read(request), http.RequestAborted);
        return outcome.Succeeded(out var cart, out var problem) ? CartResponses.Of(cart, http.Response) : problem.ToResult();
    }

    /// <summary>
    /// <c>PUT /api/cart/lines/{sku}</c>: sets the quantity of a line, or removes the line if the quantity is 0. Adding the first line to a
    /// cart starts a session.
    /// </summary>
    [Function("SetCartLine")]
    [UsesSession]
    [Accepts<CartLineChange>]
    [Returns<CartView>(200, Headers = ["Set-Cookie"])]
    [Problems(
        "cart-busy", "order-limit", "sku-invalid", "sku-unknown", "sku-inactive", "currency-unknown", "cart-full", "currency-mismatch",
        "price-changed", "total-overflow")]
    public async Task<IResult> SetLineAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/cart/lines/{sku}")] HttpRequest request,
        [StringLength(Sku.MaxLength, MinimumLength = 1), RegularExpression(Sku.Pattern)] string sku)
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

        return CartResponses.Of(changed.Cart, http.Response);
    }

    /// <summary><c>DELETE /api/cart</c>: ends the session and removes its cart.</summary>
    [Function("ClearCart")]
    [UsesSession]
    [Returns(204, Headers = ["Set-Cookie"])]
    [Problems("cart-busy")]
    public async Task<IResult> ClearAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/cart")] HttpRequest request)
    {
        var http = request.HttpContext;
        if (await carts.ClearAsync(SessionCookie.Read(request), http.RequestAborted) is { } problem)
        {
            return problem.ToResult();
        }

        SessionCookie.Withdraw(request);
        CartResponses.ForbidCaching(http.Response);
        return TypedResults.NoContent();
    }

    /// <summary>
    /// <c>POST /api/cart/checkout</c>: places one order with the cart's lines for the token's customer, and issues a new session. A token
    /// with only the <c>cart</c> scope can call this function, but not the functions under <c>/api/orders</c>.
    /// </summary>
    [Function("CheckOutCart")]
    [RequireScope("cart")]
    [UsesSession]
    [RequestHeader("Idempotency-Key", Required = true)]
    [Returns<OrderView>(201, Headers = ["Location", "ETag", "Consistency-Token", "Idempotency-Replayed", "Set-Cookie"])]
    [Problems(
        "idempotency-key-missing", "idempotency-key-invalid", "cart-empty", "cart-checked-out", "idempotency-in-flight", "cart-busy",
        "idempotency-key-reused", "sku-unknown", "sku-inactive", "currency-mismatch", "total-overflow", "consistency-not-reached")]
    public async Task<IResult> CheckOutAsync(
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

        var response = OrderResponses.Created(checkedOut.Order, http.Response);
        CartResponses.ForbidCaching(http.Response);
        return response;
    }
}
