using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>What the management of endpoints answers.</summary>
internal static class WebhookAnswers
{
    /// <summary>What every operation on endpoints asks for.</summary>
    public const string Scope = "webhooks.manage";

    public static IResult Of(StoredEndpoint stored) => TypedResults.Json(EndpointView.Of(stored), WebhookBodies.Default.EndpointView);

    public static IResult Created(EndpointWithSecret created, HttpResponse response)
    {
        response.Headers.Location = $"/api/webhooks/endpoints/{created.Stored.Endpoint.Id}";
        return WithSecret(created, StatusCodes.Status201Created);
    }

    /// <summary>Never cached, as every answer is that does not say otherwise.</summary>
    public static IResult WithSecret(EndpointWithSecret endpoint, int status) => TypedResults.Json(
        EndpointView.Of(endpoint.Stored, endpoint.Secret), WebhookBodies.Default.EndpointView, statusCode: status);
}
