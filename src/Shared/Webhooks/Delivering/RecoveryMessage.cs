using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>
/// A message in the <c>webhook-recoveries</c> queue. It requests the replay of one page of an endpoint's failed deliveries.
/// </summary>
/// <param name="Since">
/// The UTC time of the earliest event to recover. Deliveries of events that happened before this time are not replayed.
/// </param>
/// <param name="After">The id of the last delivery on the previous page; null for the first page.</param>
public sealed record RecoveryMessage(string CustomerId, string EndpointId, DateTimeOffset Since, string? After)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out RecoveryMessage? message, out EndpointId endpoint)
    {
        endpoint = default;
        try
        {
            message = JsonSerializer.Deserialize(text, WebhookJson.Default.RecoveryMessage);
        }
        catch (JsonException)
        {
            message = null;
        }

        return message is not null && Endpoints.EndpointId.TryParse(message.EndpointId, out endpoint);
    }

    public string ToJson() => JsonSerializer.Serialize(this, WebhookJson.Default.RecoveryMessage);
}

/// <summary>
/// The <c>webhook-recoveries</c> queue. The host moves messages that fail repeatedly to <c>webhook-recoveries-poison</c>.
/// </summary>
public sealed class RecoveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-recoveries";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    /// <param name="delay">The time during which the queue hides the message; null to deliver it immediately.</param>
    public Task SendAsync(RecoveryMessage message, TimeSpan? delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay, cancellationToken);
}
