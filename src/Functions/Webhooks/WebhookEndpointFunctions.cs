using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Webhooks;
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
    [Accepts<EndpointRequest>]
    [Returns<EndpointView>(201, Headers = ["Location"])]
    [Problems("endpoint-limit-reached", "webhook-url-refused")]
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
        return outcome.Succeeded(out var created, out problem) ? WebhookResponses.Created(created, keySet, http.Response) : problem.ToResult();
    }

    /// <summary><c>GET /api/webhooks/endpoints?limit=&amp;cursor=</c>: lists the customer's endpoints, newest first.</summary>
    [Function("ListEndpoints")]
    [RequireScope(WebhookResponses.Scope)]
    [QueryParameter("limit", "The maximum number of elements on a page. The default is 50.", Minimum = PageLimit.Min, Maximum = PageLimit.Max)]
    [QueryParameter("cursor", "The `nextCursor` of the previous page, an opaque string.")]
    [Returns<EndpointPageView>(200, Headers = ["Link"])]
    [Problems("limit-invalid", "cursor-invalid")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints")] HttpRequest request)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.ListAsync(
            http.CustomerId(), request.QueryParameter("limit"), request.QueryParameter("cursor"), http.RequestAborted);
        if (!outcome.Succeeded(out var page, out var problem))
        {
            return problem.ToResult();
        }

        PageLink.Add(request, page.NextCursor, "limit");
        return JsonResponse.Of(
            new EndpointPageView([.. page.Endpoints.Select(stored => EndpointView.Of(stored, keySet))], page.NextCursor),
            WebhookBodies.Default.EndpointPageView);
    }

    /// <summary><c>GET /api/webhooks/endpoints/{id}</c>: returns an endpoint without its secret.</summary>
    [Function("GetEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Returns<EndpointView>(200)]
    [Problems("endpoint-not-found")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await endpoints.FindAsync(http.CustomerId(), id, http.RequestAborted);
        return outcome.Succeeded(out var stored, out var problem) ? WebhookResponses.Of(stored, keySet) : problem.ToResult();
    }

    /// <summary>
    /// <c>PATCH /api/webhooks/endpoints/{id}</c>: changes the members that the body contains. A new status pauses or resumes the endpoint.
    /// </summary>
    [Function("ChangeEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Accepts<EndpointChange>]
    [Returns<EndpointView>(200)]
    [Problems("endpoint-not-found", "webhook-url-refused", "endpoint-changed")]
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
        return outcome.Succeeded(out var changed, out problem) ? WebhookResponses.WithSecret(changed, keySet) : problem.ToResult();
    }

    /// <summary><c>DELETE /api/webhooks/endpoints/{id}</c>: deletes an endpoint and its deliveries.</summary>
    [Function("DeleteEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Returns(204)]
    [Problems("endpoint-not-found")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/webhooks/endpoints/{id}")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        return await endpoints.DeleteAsync(http.CustomerId(), id, http.RequestAborted) is { } problem
            ? problem.ToResult()
            : TypedResults.NoContent();
    }

    /// <summary>
    /// <c>POST /api/webhooks/endpoints/{id}/rotate-secret</c>: creates a new secret. For <c>graceHours</c>, by default 24, webhooks are also
    /// signed with the replaced secret.
    /// </summary>
    [Function("RotateSecret")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    [Returns<EndpointView>(200)]
    [Accepts<SecretRotation>(Optional = true)]
    [Problems("endpoint-not-found", "secret-not-used", "rotation-limit-reached", "endpoint-changed")]
    public async Task<IResult> RotateSecretAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints/{id}/rotate-secret")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadOptionalAsync(request, WebhookBodies.Default.SecretRotation, new SecretRotation(), http.RequestAborted);
        if (!body.Succeeded(out var rotation, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await endpoints.RotateSecretAsync(http.CustomerId(), id, rotation, http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var rotated, out problem)
            ? WebhookResponses.WithSecret(rotated, keySet)
            : problem.ToResult();
    }

    /// <summary><c>POST /api/webhooks/endpoints/{id}/test</c>: sends <c>webhook.test</c> to this endpoint.</summary>
    [Function("TestEndpoint")]
    [RequireScope(WebhookResponses.Scope)]
    [Idempotent]
    [Returns<TestView>(202)]
    [Problems("endpoint-not-found", "endpoint-not-active")]
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
    [Accepts<RecoveryRequest>]
    [Returns<EndpointView>(202)]
    [Problems("endpoint-not-found", "endpoint-not-active")]
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
            ? WebhookResponses.Of(endpoint, keySet, StatusCodes.Status202Accepted)
            : problem.ToResult();
    }

    /// <summary>
    /// <c>GET /.well-known/webhook-keys?endpoint=</c>: returns the public keys for <c>v1a</c> signatures as a JWK set (RFC 7517): the keys of
    /// one endpoint, or without the parameter the keys that sign the deliveries to all endpoints. The keys of an endpoint are computed from
    /// its id, so the response does not reveal whether the endpoint exists.
    /// </summary>
    [Function("GetWebhookKeys")]
    [QueryParameter("endpoint", "The id of an endpoint that has its own key. By default, the keys of the service.", Pattern = EndpointId.Pattern)]
    [Returns<JsonWebKeySet>(200, MediaType = "application/jwk-set+json")]
    [Problems("endpoint-invalid")]
    public IResult GetKeys([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = ".well-known/webhook-keys")] HttpRequest request)
    {
        byte[] keys;
        if (request.QueryParameter("endpoint") is not { } text)
        {
            keys = keySet.ToJson();
        }
        else if (EndpointId.TryParse(text, out var endpoint))
        {
            keys = keySet.ToJson(endpoint.Value);
        }
        else
        {
            return WebhookProblems.EndpointParameterInvalid().ToResult();
        }

        request.HttpContext.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Bytes(keys, "application/jwk-set+json");
    }
}
