using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>Creates the successful responses of cart functions. Caches must not store these responses.</summary>
internal static class CartResponses
{
    public static IResult Of(CartView cart, HttpResponse response)
    {
        ForbidCaching(response);
        return JsonResponse.Of(cart, CartBodies.Default.CartView);
    }

    public static void ForbidCaching(HttpResponse response) => response.Headers.CacheControl = "private, no-store";
}

/// <summary>Serializes the bodies of cart requests and responses. Names are in camelCase, and nulls are omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CartLineChange))]
[JsonSerializable(typeof(CartView))]
internal sealed partial class CartBodies : JsonSerializerContext;
