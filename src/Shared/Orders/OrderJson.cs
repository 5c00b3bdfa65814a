using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Orders;

/// <summary>Orders as they are stored, queued and answered: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderIntent))]
[JsonSerializable(typeof(CursorContent))]
[JsonSerializable(typeof(ConsistencyContent))]
internal sealed partial class OrderJson : JsonSerializerContext;
