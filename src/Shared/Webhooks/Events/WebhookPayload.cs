using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Events;

/// <summary>The payload of a delivery, as described in Standard Webhooks 1.0.0, "Payload structure".</summary>
internal sealed record WebhookPayload(string Type, DateTimeOffset Timestamp, JsonElement Data)
{
    /// <returns>The payload as JSON in UTF-8.</returns>
    public static byte[] Of(EventEnvelope envelope) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookPayload(envelope.Type, envelope.Timestamp, envelope.Data), WebhookJson.Default.WebhookPayload);
}
