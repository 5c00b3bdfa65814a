using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Functions.Webhooks;

/// <summary><c>GET /.well-known/webhook-keys</c>: the public keys of signature <c>v1a</c>, as a JWK set (RFC 7517).</summary>
public sealed class GetWebhookKeys(WebhookKeySet keys)
{
    [Function(nameof(GetWebhookKeys))]
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = ".well-known/webhook-keys")] HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Bytes(keys.ToJson(), "application/jwk-set+json");
    }
}
