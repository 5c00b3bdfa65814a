using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>POST /api/webhooks/endpoints</c>: a new endpoint, whose secret this answer alone shows.</summary>
public sealed class CreateEndpoint(EndpointManagement endpoints)
{
    [Function(nameof(CreateEndpoint))]
    [RequireScope(WebhookAnswers.Scope)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/webhooks/endpoints")] HttpRequest request)
    {
        var http = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, WebhookBodies.Default.EndpointRequest, http.RequestAborted);
        if (!body.Succeeded(out var wanted, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await endpoints.CreateAsync(http.CustomerId(), wanted, http.RequestAborted);
        return outcome.Succeeded(out var created, out problem) ? WebhookAnswers.Created(created, http.Response) : problem.ToResult();
    }
}
