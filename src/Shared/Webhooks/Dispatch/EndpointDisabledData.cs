using System.Text.Json;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>The data of <c>endpoint.disabled</c>.</summary>
/// <param name="Id">The endpoint that is not sent to any more.</param>
/// <param name="Reason">For people.</param>
internal sealed record EndpointDisabledData(string Id, string Url, string Reason, DateTimeOffset DisabledAt)
{
    /// <returns>Null when the event is of another shape.</returns>
    public static string? EndpointOf(EventEnvelope envelope) =>
        envelope.Data.ValueKind == JsonValueKind.Object && envelope.Data.TryGetProperty("id", out var id) ? id.GetString() : null;
}
