using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared.Orders;

/// <summary>Which status may follow which: <c>placed, paid, shipped, delivered</c> in that order; what is not shipped may be cancelled.</summary>
public static class OrderTransitions
{
    private static readonly FrozenDictionary<string, OrderStatus> ByName = new Dictionary<string, OrderStatus>(StringComparer.Ordinal)
    {
        ["placed"] = OrderStatus.Placed,
        ["paid"] = OrderStatus.Paid,
        ["shipped"] = OrderStatus.Shipped,
        ["delivered"] = OrderStatus.Delivered,
        ["cancelled"] = OrderStatus.Cancelled,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<OrderStatus> After(OrderStatus status) => status switch
    {
        OrderStatus.Placed => [OrderStatus.Paid, OrderStatus.Cancelled],
        OrderStatus.Paid => [OrderStatus.Shipped, OrderStatus.Cancelled],
        OrderStatus.Shipped => [OrderStatus.Delivered],
        _ => [],
    };

    /// <summary>From the name on the wire, e.g. <c>paid</c>; the case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out OrderStatus status)
    {
        status = default;
        return name is not null && ByName.TryGetValue(name, out status);
    }

    public static string NameOf(OrderStatus status) => ByName.First(pair => pair.Value == status).Key;
}
