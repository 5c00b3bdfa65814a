using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Messaging;

/// <summary>
/// Something that happened: a message of the queue <c>events</c>. <see cref="Type"/>, <see cref="Timestamp"/> and <see cref="Data"/>
/// are the payload of a Standard Webhook; the rest says whose it is. It is delivered at least once, always under the same id.
/// </summary>
public sealed record EventEnvelope
{
    /// <summary><c>evt_...</c>, of <c>[A-Za-z0-9_-]</c>; the same whenever this event is sent again.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>Full-stop delimited, e.g. <c>order.created</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened, UTC; the same whenever this event is sent again.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>A JSON object.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>Null when the order in which it is received does not matter.</summary>
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
