using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// A message in the <c>webhook-deliveries</c> queue. It requests one attempt. It does not contain the payload, which is stored in the
/// delivery's row (the claim-check pattern). The row also records which attempts were made, so duplicates and late copies of a message are
/// harmless.
/// </summary>
/// <param name="DeliveryId">The id of the delivery, in the format of <see cref="Deliveries.DeliveryId"/>.</param>
/// <param name="Round">The round of the attempt. A number greater than <see cref="Delivery.Round"/> begins a new round.</param>
/// <param name="Attempt">The attempt number within the round, starting at 1.</param>
/// <param name="Deferrals">The number of consecutive times that the attempt was deferred.</param>
/// <param name="Reserved">The UTC time that the message has reserved at an endpoint with a rate limit; null when it has reserved none.</param>
public sealed record DeliveryMessage(
    string CustomerId, string DeliveryId, int Round, int Attempt, int Deferrals, DateTimeOffset? Reserved = null)
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

/// <summary>
/// The <c>webhook-deliveries</c> queue. The host moves messages that fail repeatedly to <c>webhook-deliveries-poison</c>.
/// </summary>
public sealed class DeliveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-deliveries";

    public const string PoisonName = Name + "-poison";

    /// <summary>
    /// The maximum delay. Azure Queue Storage hides a message for at most seven days. Every scheduled delay is shorter than this maximum.
    /// </summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(6);

    private readonly MessageQueue _queue = new(queues, Name);

    public Task SendAsync(DeliveryMessage message, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay: null, cancellationToken);

    /// <param name="delay">
    /// The time during which the queue hides the message. It is rounded up to whole seconds, because the queue service does not accept
    /// fractions of a second.
    /// </param>
    public Task SendAsync(DeliveryMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        var seconds = Math.Ceiling(Math.Clamp(delay.TotalSeconds, 0, LongestDelay.TotalSeconds));
        return _queue.SendAsync(message.ToJson(), TimeSpan.FromSeconds(seconds), cancellationToken);
    }
}
