using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.FanOut;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Functions.Webhooks;

/// <summary>
/// The HTTP API for webhook endpoints, <c>/api/webhooks/endpoints</c>, and for the public keys that receivers use to verify signatures.
/// </summary>
public sealed class WebhookEndpointFunctions(
    EndpointManagement endpoints, DeliveryReplay replay, WebhookTest test, WebhookKeySet keySet)
{
    /// <summary><c>POST /api/webhooks/endpoints</c>: creates an endpoint. The response contains the endpoint's secret.</summary>
    [Function("CreateEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints")] HttpRequest request)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.EndpointRequest, http.RequestAborted);
        if (!body.Succeeded(out var wanted, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await endpoints.CreateAsync(http.CustomerId(), wanted, http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var created, out problem) ? WebhookResponses.Created(created, http.Response) : problem.ToResult();
    }

    /// <summary><c>GET /api/webhooks/endpoints?limit=&amp;cursor=</c>: lists the customer's endpoints, newest first.</summary>
    [Function("ListEndpoints")]
    [RequireScope(WebhookResponses.Scope)]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints")] HttpRequest request)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.ListAsync(
            http.CustomerId(), request.QueryParameter("limit"), request.QueryParameter("cursor"), http.RequestAborted);
        return outcome.Succeeded(out var page, out var problem)
            ? JsonResponse.Of(
                new EndpointPageView([.. page.Endpoints.Select(stored => EndpointView.Of(stored))], page.NextCursor),
                WebhookBodies.Default.EndpointPageView)
            : problem.ToResult();
    }

    /// <summary><c>GET /api/webhooks/endpoints/{id}</c>: returns an endpoint without its secret.</summary>
    [Function("GetEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.FindAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var stored, out var problem) ? WebhookResponses.Of(stored) : problem.ToResult();
    }

    /// <summary>
    /// <c>PATCH /api/webhooks/endpoints/{id}</c>: changes the members that the body contains. A new status pauses or resumes the endpoint.
    /// </summary>
    [Function("ChangeEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    public async Task<IResult> ChangeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.EndpointChange, http.RequestAborted);
        if (!body.Succeeded(out var change, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await endpoints.ChangeAsync(http.CustomerId(), id, change, http.RequestAborted);
        return outcome.Succeeded(out var stored, out problem) ? WebhookResponses.Of(stored) : problem.ToResult();
    }

    /// <summary><c>DELETE /api/webhooks/endpoints/{id}</c>: deletes an endpoint and its deliveries.</summary>
    [Function("DeleteEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        return await endpoints.DeleteAsync(http.CustomerId(), id, http.RequestAborted) is { } problem
            ? problem.ToResult()
            : TypedResults.NoContent();
    }

    /// <summary>
    /// <c>POST /api/webhooks/endpoints/{id}/rotate-secret</c>: creates a new secret. For 24 hours, webhooks are also signed with the
    /// replaced secret.
    /// </summary>
    [Function("RotateSecret")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    public async Task<IResult> RotateSecretAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/rotate-secret")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.RotateSecretAsync(http.CustomerId(), id, http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var rotated, out var problem)
            ? WebhookResponses.WithSecret(rotated, StatusCodes.Status200OK)
            : problem.ToResult();
    }

    /// <summary><c>POST /api/webhooks/endpoints/{id}/test</c>: sends <c>webhook.test</c> to this endpoint.</summary>
    [Function("TestEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    public async Task<IResult> TestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/test")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await test.SendAsync(http.CustomerId(), id, http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var sent, out var problem)
            ? JsonResponse.Of(
                new TestView(sent.DeliveryId.Value, sent.EventId), WebhookBodies.Default.TestView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }

    /// <summary>
    /// <c>POST /api/webhooks/endpoints/{id}/recover</c>: replays the endpoint's deliveries that have failed since the given time.
    /// </summary>
    [Function("RecoverEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    public async Task<IResult> StartRecoveryAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/recover")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.RecoveryRequest, http.RequestAborted);
        if (!body.Succeeded(out var wanted, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await replay.StartRecoveryAsync(http.CustomerId(), id, wanted.Since, http.RequestAborted);
        return outcome.Succeeded(out var endpoint, out problem)
            ? JsonResponse.Of(EndpointView.Of(endpoint), WebhookBodies.Default.EndpointView, statusCode: StatusCodes.Status202Accepted)
            : problem.ToResult();
    }

    /// <summary><c>GET /.well-known/webhook-keys</c>: returns the public keys for <c>v1a</c> signatures as a JWK set (RFC 7517).</summary>
    [Function("GetWebhookKeys")]
    public IResult GetKeys([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = ".well-known/webhook-keys")] HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Bytes(keySet.ToJson(), "application/jwk-set+json");
    }
}
