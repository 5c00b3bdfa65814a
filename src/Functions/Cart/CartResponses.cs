using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>The successful responses of cart operations. No cache may store them.</summary>
internal static class CartResponses
{
    public static IResult Of(ShoppingCart cart, HttpResponse response)
    {
        ForbidCaching(response);
        return TypedResults.Json(CartView.Of(cart), CartBodies.Default.CartView);
    }

    public static void ForbidCaching(HttpResponse response) => response.Headers.CacheControl = "private, no-store";
}

/// <summary>The bodies of cart requests and responses: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CartLineChange))]
[JsonSerializable(typeof(CartView))]
internal sealed partial class CartBodies : JsonSerializerContext;
