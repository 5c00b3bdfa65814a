using System.Globalization;
using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <summary>Creates the <c>order.created</c> and <c>order.updated</c> events. Each version of an order has one event.</summary>
internal static class OrderEvents
{
    internal const string Created = "order.created";
    internal const string Updated = "order.updated";

    /// <summary>
    /// Returns the id of an event, which is derived from the order and its version. The relay finds the stored event by this id, and all
    /// deliveries of the event have the same id.
    /// </summary>
    internal static string IdOf(string orderId, int version) =>
        string.Create(CultureInfo.InvariantCulture, $"evt_{orderId.AsSpan(OrderId.Prefix.Length)}_{version}");

    /// <param name="previous">The previous version; null for a new order.</param>
    internal static EventEnvelope Of(Order order, Order? previous) => new()
    {
        Id = IdOf(order.Id, order.Version),
        CustomerId = order.CustomerId,
        Type = order.Version == 1 ? Created : Updated,
        Timestamp = TimeOf(order),
        Data = JsonSerializer.SerializeToElement(OrderView.Of(order), OrderJson.Default.OrderView),
        Position = new EventPosition(order.Id, order.Version, previous is null ? null : TimeOf(previous)),
    };

    private static DateTimeOffset TimeOf(Order order) => order.UpdatedAt ?? order.CreatedAt;
}
