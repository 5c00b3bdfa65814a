using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Cart;

/// <summary>Carts as they are stored: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ShoppingCart))]
internal sealed partial class CartJson : JsonSerializerContext;
