using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// A message of the queue <c>order-intents</c>: this version of this order is about to be committed. Whoever gets it looks whether it
/// was, and whether its event is still to be sent.
/// </summary>
/// <param name="OrderId">Names the month, too.</param>
/// <param name="Final">
/// False the first time. True when the commit had not been seen the first time: what is not there then never will be.
/// </param>
public sealed record OrderIntent(string CustomerId, string OrderId, int Version, bool Final)
{
    public static OrderIntent Of(Order order) => new(order.CustomerId, order.Id, order.Version, Final: false);

    public static bool TryParse(string text, [NotNullWhen(true)] out OrderIntent? intent, out OrderId orderId)
    {
        orderId = default;
        try
        {
            intent = JsonSerializer.Deserialize(text, OrderJson.Default.OrderIntent);
        }
        catch (JsonException)
        {
            intent = null;
        }

        return intent is not null && Orders.OrderId.TryParse(intent.OrderId, out orderId);
    }

    public string ToJson() => JsonSerializer.Serialize(this, OrderJson.Default.OrderIntent);
}
