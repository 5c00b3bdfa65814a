using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>A URL to which a customer's events are sent, with its settings.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>See <see cref="EndpointId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>An absolute URL that passed the URL policy.</summary>
    public required string Url { get; init; }

    /// <summary>The subscribed event types; empty for all of them.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    public string? Description { get; init; }

    public required EndpointStatus Status { get; init; }

    public required SignatureKind Signature { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the customer asked for ordered delivery; null when the endpoint is not ordered.</summary>
    public DateTimeOffset? OrderedSince { get; init; }

    /// <summary>When and why the endpoint was disabled; null unless its status is <see cref="EndpointStatus.Disabled"/>.</summary>
    public EndpointDisablement? Disabled { get; init; }

    public required EndpointSecrets Secrets { get; init; }

    public bool Wants(string eventType) => EventTypes.Count == 0 || EventTypes.Contains(eventType);
}

/// <summary>Whether deliveries are sent to an endpoint.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointStatus>))]
public enum EndpointStatus
{
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>The customer paused the endpoint and can make it active again.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>We disabled the endpoint, because every attempt failed for too long or the receiver responded with 410 Gone.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,

    /// <summary>The customer deleted the endpoint. Its row stays until its deliveries are removed.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,
}

/// <param name="Reason">A sentence for the customer.</param>
/// <param name="Announced">Whether the event <c>endpoint.disabled</c> was sent.</param>
public sealed record EndpointDisablement(DateTimeOffset At, string Reason, bool Announced);

/// <summary>An endpoint's secrets as they are stored: encrypted by <see cref="SecretVault"/>.</summary>
/// <param name="Previous">The secret before the last rotation, which also signs until <paramref name="PreviousUntil"/>.</param>
public sealed record EndpointSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil);

/// <summary>
/// What the last attempts show about an endpoint. It is stored beside the endpoint, so that all instances share one circuit breaker. It
/// is written when it changes; as long as every attempt succeeds, it does not change and costs no write.
/// </summary>
/// <param name="FailingSince">When the first failure since the last success happened; null when the last attempt succeeded.</param>
/// <param name="Unreachable">How many attempts in a row got no response in time, or a response that reports a fault of the receiver (5xx, 429).</param>
/// <param name="OpenUntil">When the open circuit breaker becomes half open and allows one probe; null when the breaker is closed.</param>
public sealed record EndpointHealth(DateTimeOffset? FailingSince, int Unreachable, DateTimeOffset? OpenUntil)
{
    public static EndpointHealth Good { get; } = new(null, 0, null);
}
