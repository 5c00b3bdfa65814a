using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>Creates the responses of the endpoint functions.</summary>
internal static class WebhookResponses
{
    /// <summary>The scope that every webhook function requires.</summary>
    public const string Scope = "webhooks.manage";

    public static IResult Of(StoredEndpoint stored) => JsonResponse.Of(EndpointView.Of(stored), WebhookBodies.Default.EndpointView);

    public static IResult Created(EndpointWithSecret created, HttpResponse response)
    {
        response.Headers.Location = $"/api/webhooks/endpoints/{created.Stored.Endpoint.Id}";
        return WithSecret(created, StatusCodes.Status201Created);
    }

    /// <summary>
    /// Returns the endpoint with its secret. Caches do not store the response, because the default <c>Cache-Control</c> is <c>no-store</c>.
    /// </summary>
    public static IResult WithSecret(EndpointWithSecret endpoint, int status) => JsonResponse.Of(
        EndpointView.Of(endpoint.Stored, endpoint.Secret), WebhookBodies.Default.EndpointView, statusCode: status);
}
