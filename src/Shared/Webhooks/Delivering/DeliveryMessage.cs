using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// A message of <c>webhook-deliveries</c>, which asks for one attempt. The message is a claim check: the payload is in the delivery's
/// row. The row also says which attempts were made, so duplicates and late copies of a message do no harm.
/// </summary>
/// <param name="DeliveryId">See <see cref="Deliveries.DeliveryId"/>.</param>
/// <param name="Round">See <see cref="Delivery.Round"/>. A number above the delivery's begins a new round.</param>
/// <param name="Attempt">The number of the attempt within the round, from 1.</param>
/// <param name="Deferrals">How often in a row the message was put back without an attempt.</param>
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

/// <summary>The queue <c>webhook-deliveries</c>, and <c>webhook-deliveries-poison</c> for messages that failed too often.</summary>
public sealed class DeliveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-deliveries";

    public const string PoisonName = Name + "-poison";

    /// <summary>Azure Queue Storage hides a message for at most seven days. No delay of the schedule is as long.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6);

    private readonly MessageQueue _queue = new(queues, Name);

    public Task SendAsync(DeliveryMessage message, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay: null, cancellationToken);

    /// <param name="delay">How long the message stays hidden, rounded up to the whole seconds that the queue service counts in.</param>
    public Task SendAsync(DeliveryMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        var seconds = Math.Ceiling(Math.Clamp(delay.TotalSeconds, 0, LongestDelay.TotalSeconds));
        return _queue.SendAsync(message.ToJson(), TimeSpan.FromSeconds(seconds), cancellationToken);
    }
}
