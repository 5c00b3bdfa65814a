using Azure;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <param name="ETag">Of the row, for conditional writes of either part.</param>
public sealed record StoredEndpoint(WebhookEndpoint Endpoint, EndpointHealth Health, ETag ETag)
{
    public EndpointId Id => EndpointId.TryParse(Endpoint.Id, out var id) ? id : throw new InvalidDataException($"{Endpoint.Id} is no endpoint's id.");
}
