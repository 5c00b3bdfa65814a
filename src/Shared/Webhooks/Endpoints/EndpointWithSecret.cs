namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <param name="Secret">In the clear, for the one answer that shows it; null when the endpoint is signed for with the service's key.</param>
public sealed record EndpointWithSecret(StoredEndpoint Stored, string? Secret);
