using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Delivering;

/// <summary>A message of <c>webhook-recoveries</c>, which asks to replay one page of an endpoint's failed deliveries.</summary>
/// <param name="Since">Deliveries of events that happened at this time or later are replayed.</param>
/// <param name="After">The last delivery of the page before; null for the first page.</param>
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

/// <summary>The queue <c>webhook-recoveries</c>, and <c>webhook-recoveries-poison</c> for messages that failed too often.</summary>
public sealed class RecoveryQueue(QueueServiceClient queues)
{
    public const string Name = "webhook-recoveries";

    public const string PoisonName = Name + "-poison";

    private readonly MessageQueue _queue = new(queues, Name);

    /// <param name="delay">How long the message stays hidden; null for not at all.</param>
    public Task SendAsync(RecoveryMessage message, TimeSpan? delay, CancellationToken cancellationToken) =>
        _queue.SendAsync(message.ToJson(), delay, cancellationToken);
}
