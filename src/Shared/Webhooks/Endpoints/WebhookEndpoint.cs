using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Where a customer wants to hear of events.</summary>
public sealed record WebhookEndpoint
{
    /// <summary>See <see cref="EndpointId"/>.</summary>
    public required string Id { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>Absolute; it has passed the URL policy.</summary>
    public required string Url { get; init; }

    /// <summary>The types that it asks for; empty for all.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    public string? Description { get; init; }

    public required EndpointStatus Status { get; init; }

    public required SignatureKind Signature { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it gets the events about one thing one after the other; null when it does not ask for that.</summary>
    public DateTimeOffset? OrderedSince { get; init; }

    /// <summary>Set while <see cref="EndpointStatus.Disabled"/>.</summary>
    public EndpointDisablement? Disabled { get; init; }

    public required EndpointSecrets Secrets { get; init; }

    public bool Wants(string eventType) => EventTypes.Count == 0 || EventTypes.Contains(eventType);
}

/// <param name="Reason">For the customer.</param>
/// <param name="Announced">Whether the event that says so was sent.</param>
public sealed record EndpointDisablement(DateTimeOffset At, string Reason, bool Announced);

/// <summary>An endpoint's secrets as they are stored: sealed by <see cref="SecretVault"/>.</summary>
/// <param name="Previous">The one before, which signs too until <paramref name="PreviousUntil"/>.</param>
public sealed record EndpointSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil);
