using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>What the cart's operations answer, never for anybody's cache.</summary>
internal static class CartAnswers
{
    public static IResult Shown(ShoppingCart cart, HttpResponse response)
    {
        NeverCached(response);
        return TypedResults.Json(CartView.Of(cart), CartBodies.Default.CartView);
    }

    public static void NeverCached(HttpResponse response) => response.Headers.CacheControl = "private, no-store";
}
