using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>A delivery's body (Standard Webhooks, "Payload structure").</summary>
internal sealed record WebhookBody(string Type, DateTimeOffset Timestamp, JsonElement Data)
{
    /// <returns>UTF-8.</returns>
    public static byte[] Of(EventEnvelope envelope) => JsonSerializer.SerializeToUtf8Bytes(
        new WebhookBody(envelope.Type, envelope.Timestamp, envelope.Data), WebhookJson.Default.WebhookBody);
}
