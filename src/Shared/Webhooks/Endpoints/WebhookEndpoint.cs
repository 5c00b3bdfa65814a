using System.Text.Json.Serialization;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>An endpoint: a URL that receives a customer's events, with its settings.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>The id, in the format of <see cref="EndpointId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>The absolute URL, which was accepted by <see cref="Sending.Urls.WebhookUrlPolicy"/>.</summary>
    public required string Url { get; init; }

    /// <summary>The subscribed event types; empty for all event types.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    public string? Description { get; init; }

    public required EndpointStatus Status { get; init; }

    public required SignatureKind Signature { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The UTC time at which ordered delivery was turned on; null when deliveries are unordered.</summary>
    public DateTimeOffset? OrderedSince { get; init; }

    /// <summary>
    /// The time at which the endpoint was disabled and the reason; null unless the status is <see cref="EndpointStatus.Disabled"/>.
    /// </summary>
    public EndpointDisablement? Disabled { get; init; }

    public required EndpointSecrets Secrets { get; init; }

    public bool Wants(string eventType) => EventTypes.Count == 0 || EventTypes.Contains(eventType);
}

/// <summary>The status of an endpoint. Deliveries are sent only to active endpoints.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointStatus>))]
public enum EndpointStatus
{
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>The customer paused the endpoint and can make it active again.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>
    /// The service disabled the endpoint, because all attempts failed for too long or the receiver responded with 410 Gone.
    /// </summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,

    /// <summary>The customer deleted the endpoint. Its row remains until its deliveries are removed.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,
}

/// <summary>The time at which the service disabled an endpoint, and the reason.</summary>
/// <param name="At">The UTC time at which the endpoint was disabled.</param>
/// <param name="Reason">The reason, as a sentence for the customer.</param>
/// <param name="Announced">Whether the <c>endpoint.disabled</c> event was sent.</param>
public sealed record EndpointDisablement(DateTimeOffset At, string Reason, bool Announced);

/// <summary>An endpoint's secrets, encrypted by <see cref="SecretVault"/>.</summary>
/// <param name="Previous">
/// The secret before the last rotation. Deliveries are also signed with this secret until <paramref name="PreviousUntil"/>.
/// </param>
/// <param name="RotationId">The id of the rotation that created the current secret; null for the first secret.</param>
/// <param name="PreviousRotationId">The id of the rotation that created the previous secret; null for the first secret.</param>
public sealed record EndpointSecrets(
    string Current, string? Previous = null, DateTimeOffset? PreviousUntil = null, string? RotationId = null, string? PreviousRotationId = null)
{
    /// <summary>
    /// The secrets before <see cref="Previous"/> whose periods had not ended at the last rotation, newest first. Deliveries are also signed
    /// with these secrets until their periods end. Null when there are none.
    /// </summary>
    public IReadOnlyList<PreviousSecret>? Older { get; init; }
}

/// <summary>A secret that was replaced by a rotation, encrypted by <see cref="SecretVault"/>.</summary>
/// <param name="Until">The UTC time until which deliveries are also signed with the secret.</param>
/// <param name="RotationId">The id of the rotation that created the secret; null for the first secret.</param>
public sealed record PreviousSecret(string Secret, DateTimeOffset Until, string? RotationId);

/// <summary>
/// An endpoint's health, derived from the results of its most recent attempts. It is stored in the endpoint's row, so that all instances
/// share one circuit breaker. It is written only when it changes, so a successful attempt causes no write if the endpoint is already
/// healthy.
/// </summary>
/// <param name="FailingSince">The UTC time of the first failure since the last success; null when the last attempt succeeded.</param>
/// <param name="Unreachable">
/// The number of consecutive attempts that received no response in time, or received a 5xx or 429 response.
/// </param>
/// <param name="OpenUntil">
/// The UTC time at which the open circuit breaker becomes half open and allows one probe; null when the breaker is closed.
/// </param>
public sealed record EndpointHealth(DateTimeOffset? FailingSince, int Unreachable, DateTimeOffset? OpenUntil)
{
    public static EndpointHealth Good { get; } = new(null, 0, null);
}
