using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>A message of <c>webhook-recoveries</c>: replay the failed deliveries of an endpoint, a page at a time.</summary>
/// <param name="Since">Of events that happened at this time or later.</param>
/// <param name="After">The delivery where the page before has ended; null for the first page.</param>
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
