using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Creates the responses of the endpoint functions.</summary>
internal static class WebhookResponses
{
    /// <summary>The scope that every webhook function requires.</summary>
    public const string Scope = "webhooks.manage";

    public static IResult Of(StoredEndpoint stored, WebhookKeySet keySet, int status = StatusCodes.Status200OK) =>
        JsonResponse.Of(EndpointView.Of(stored, keySet), WebhookBodies.Default.EndpointView, statusCode: status);

    public static IResult Created(EndpointWithSecret created, WebhookKeySet keySet, HttpResponse response)
    {
        response.Headers.Location = $"/api/webhooks/endpoints/{created.Stored.Endpoint.Id}";
        return WithSecret(created, keySet, StatusCodes.Status201Created);
    }

    /// <summary>
    /// Returns the endpoint with its secret, if it has a new one. Caches do not store the response, because the default <c>Cache-Control</c> is <c>no-store</c>.
    /// </summary>
    public static IResult WithSecret(EndpointWithSecret endpoint, WebhookKeySet keySet, int status = StatusCodes.Status200OK) => JsonResponse.Of(
        EndpointView.Of(endpoint.Stored, keySet, endpoint.Secret), WebhookBodies.Default.EndpointView, statusCode: status);
}
