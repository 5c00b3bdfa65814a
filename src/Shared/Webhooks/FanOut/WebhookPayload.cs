using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.FanOut;

/// <summary>The payload of a delivery, in the shape that Standard Webhooks describes under "Payload structure".</summary>
internal sealed record WebhookPayload(string Type, DateTimeOffset Timestamp, JsonElement Data)
{
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Of(EventEnvelope envelope) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookPayload(envelope.Type, envelope.Timestamp, envelope.Data), WebhookJson.Default.WebhookPayload);
}
