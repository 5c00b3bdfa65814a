using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Messaging;

/// <summary>
/// An event, such as the creation of an order. Each message in the <c>events</c> queue contains one event. <see cref="Type"/>,
/// <see cref="Timestamp"/> and <see cref="Data"/> form the payload that a webhook delivers (Standard Webhooks 1.0.0). The queue delivers an
/// event at least once, so handlers use the <see cref="Id"/> to recognise duplicates.
/// </summary>
public sealed record EventEnvelope
{
    /// <summary>
    /// The id, which begins with <c>evt_</c> and consists of <c>[A-Za-z0-9_-]</c>. It does not change when the event is sent again.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>The customer whose webhook endpoints receive the event.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The event type, for example <c>order.created</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The UTC time at which the event happened. It does not change when the event is sent again.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The details of the event as a JSON object.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The event's position among the events with the same key; null when receivers need no particular order.</summary>
    public EventPosition? Position { get; init; }

    public static bool TryParse(string text, [NotNullWhen(true)] out EventEnvelope? envelope)
    {
        try
        {
            envelope = JsonSerializer.Deserialize(text, MessagingJson.Default.EventEnvelope);
        }
        catch (JsonException)
        {
            envelope = null;
        }

        return envelope is not null;
    }

    public string ToJson() => JsonSerializer.Serialize(this, MessagingJson.Default.EventEnvelope);
}
