namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <param name="NextCursor">Goes on after the last of <paramref name="Endpoints"/>; null when that was the oldest.</param>
public sealed record EndpointPage(IReadOnlyList<StoredEndpoint> Endpoints, string? NextCursor);
