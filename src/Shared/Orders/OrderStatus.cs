using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Orders;

[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
public enum OrderStatus
{
    [JsonStringEnumMemberName("placed")]
    Placed,

    [JsonStringEnumMemberName("paid")]
    Paid,

    [JsonStringEnumMemberName("shipped")]
    Shipped,

    [JsonStringEnumMemberName("delivered")]
    Delivered,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>
/// Defines the permitted status changes. An order is placed, then paid, then shipped and finally delivered. It can be cancelled at any time
/// before it is shipped.
/// </summary>
public static class OrderTransitions
{
    public static IReadOnlyList<OrderStatus> After(OrderStatus status) => status switch
    {
        OrderStatus.Placed => [OrderStatus.Paid, OrderStatus.Cancelled],
        OrderStatus.Paid => [OrderStatus.Shipped, OrderStatus.Cancelled],
        OrderStatus.Shipped => [OrderStatus.Delivered],
        _ => [],
    };
}
