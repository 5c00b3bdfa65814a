namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>The body of <c>POST /api/webhooks/endpoints</c>, not validated yet.</summary>
public sealed record EndpointRequest
{
    public required string Url { get; init; }

    /// <summary>The event types to subscribe to; null or empty for all of them.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    public string? Description { get; init; }

    /// <summary>Whether the events about one thing, such as an order, are sent one at a time and in their order.</summary>
    public bool Ordered { get; init; }

    /// <summary><c>v1</c> or <c>v1a</c>; null for <c>v1</c>.</summary>
    public string? Signature { get; init; }
}

/// <summary>The body of <c>PATCH /api/webhooks/endpoints/{id}</c>, not validated yet. A null leaves the endpoint's value unchanged.</summary>
public sealed record EndpointChange
{
    public string? Url { get; init; }

    /// <summary>The event types to subscribe to; empty for all of them.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>The new description; empty to remove it.</summary>
    public string? Description { get; init; }

    /// <summary><c>active</c> or <c>paused</c>.</summary>
    public string? Status { get; init; }

    public bool? Ordered { get; init; }
}
