using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Functions.Orders;

/// <summary>The body of <c>PATCH /api/orders/{id}</c>.</summary>
internal sealed record OrderChange
{
    /// <summary>The new status.</summary>
    [EnumDataType(typeof(OrderStatus))]
    public required string Status { get; init; }
}

/// <summary>The response to <c>GET /api/orders</c>.</summary>
/// <param name="NextCursor">The cursor of the next page; omitted on the last page.</param>
internal sealed record OrderPageView(IReadOnlyList<OrderView> Orders, string? NextCursor);

/// <summary>Serializes the bodies of order requests and responses. Names are in camelCase, and nulls are omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderChange))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderPageView))]
[JsonSerializable(typeof(OrderStatusLabels))]
internal sealed partial class OrderBodies : JsonSerializerContext;
