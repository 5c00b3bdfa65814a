namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>The body of <c>PATCH /api/webhooks/endpoints/{id}</c>: what is null stays as it is.</summary>
public sealed record EndpointChange
{
    public string? Url { get; init; }

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>Empty for none.</summary>
    public string? Description { get; init; }

    /// <summary><c>active</c> or <c>paused</c>.</summary>
    public string? Status { get; init; }

    public bool? Ordered { get; init; }
}
