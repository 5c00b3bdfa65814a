using System.Text.Json.Serialization;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>Bodies of the cart endpoints: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CartLineChange))]
[JsonSerializable(typeof(CartView))]
internal sealed partial class CartBodies : JsonSerializerContext;
