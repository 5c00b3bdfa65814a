using System.Diagnostics.CodeAnalysis;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>
/// The id of a delivery: <c>dlv_</c>, the endpoint's id and the <see cref="EventKey"/>, so that ids sort newest first. The id is computed from the event and the endpoint, so when an event is fanned out twice, the second fan-out
/// finds the existing deliveries. The id also contains the keys of the delivery's row, so a delivery can be looked up by its id.
/// </summary>
public readonly record struct DeliveryId
{
    private const string Prefix = "dlv_";
    private const int Length = 4 + EndpointId.PartLength + EventKey.Length;

    private DeliveryId(EndpointId endpoint, string key) => (Endpoint, Key) = (endpoint, key);

    public EndpointId Endpoint { get; }

    public string Value => string.Concat(Prefix, Endpoint.Part, Key);

    /// <summary>The key of the delivery's row within the endpoint's partition.</summary>
    internal string Key { get; }

    public static DeliveryId Of(EndpointId endpoint, string eventId, DateTimeOffset eventTime) =>
        new(endpoint, EventKey.Of(eventId, eventTime));

    /// <summary>Parses an id. Accepts only the exact format, so a parsed id is safe to use as a table key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeliveryId id)
    {
        id = default;
        if (text is not { Length: Length }
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !EndpointId.TryParse(string.Concat(EndpointId.Prefix, text.AsSpan(Prefix.Length, EndpointId.PartLength)), out var endpoint)
            || !Base32.IsValid(text.AsSpan(Prefix.Length + EndpointId.PartLength)))
        {
            return false;
        }

        id = OfRow(endpoint, text[(Prefix.Length + EndpointId.PartLength)..]);
        return true;
    }

    public override string ToString() => Value;

    internal static DeliveryId OfRow(EndpointId endpoint, string key) => new(endpoint, key);
}
