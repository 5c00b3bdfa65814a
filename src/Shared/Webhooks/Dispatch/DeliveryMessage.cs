using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// A message of <c>webhook-deliveries</c>: make this attempt. It is a claim check: what is sent is in the delivery's row, which also
/// says whether the attempt was made already, so that any copy of a message may come at any time.
/// </summary>
/// <param name="DeliveryId">See <see cref="Deliveries.DeliveryId"/>.</param>
/// <param name="Round">See <see cref="Delivery.Round"/>; a higher one than the delivery's begins a new round.</param>
/// <param name="Attempt">1 for the first of the round.</param>
/// <param name="Deferrals">How often in a row it was put back without an attempt.</param>
public sealed record DeliveryMessage(string CustomerId, string DeliveryId, int Round, int Attempt, int Deferrals)
{
    public static DeliveryMessage First(string customerId, DeliveryId id, int round) => new(customerId, id.Value, round, Attempt: 1, Deferrals: 0);

    public static bool TryParse(string text, [NotNullWhen(true)] out DeliveryMessage? message, out DeliveryId id)
    {
        id = default;
        try
        {
            message = JsonSerializer.Deserialize(text, WebhookJson.Default.DeliveryMessage);
        }
        catch (JsonException)
        {
            message = null;
        }

        return message is not null && Deliveries.DeliveryId.TryParse(message.DeliveryId, out id);
    }

    public string ToJson() => JsonSerializer.Serialize(this, WebhookJson.Default.DeliveryMessage);
}
