namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>The body of <c>POST /api/webhooks/endpoints</c>, before anything has looked at it.</summary>
public sealed record EndpointRequest
{
    public required string Url { get; init; }

    /// <summary>Null or empty for all.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    public string? Description { get; init; }

    /// <summary>Whether the events about one thing are to come one after the other.</summary>
    public bool Ordered { get; init; }

    /// <summary><c>v1</c>, which null means, too, or <c>v1a</c>.</summary>
    public string? Signature { get; init; }
}
