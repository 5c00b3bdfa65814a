using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ServerlessScale.Functions.Cart;
using ServerlessScale.Functions.Catalogue;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Images;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Functions.Webhooks;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Uploading;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.OpenApi;

/// <summary>A request body that has constraints in the API description.</summary>
/// <param name="Example">A valid body that contains every constrained member.</param>
/// <param name="Check">Checks a body as the operation does, and returns the problem that the client would get; null for none.</param>
internal sealed record ConstrainedBody(JsonObject Example, Func<JsonNode, Problem?> Check)
{
    /// <summary>The bodies by the name of their component in the description.</summary>
    public static IReadOnlyDictionary<string, ConstrainedBody> All { get; } = new Dictionary<string, ConstrainedBody>
    {
        ["ProductChange"] = Of(
            """{ "name": "Mug", "description": "A mug", "price": 1250, "currency": "EUR", "imageId": "0123456789abcdefghjkmnpqrs", "active": true }""",
            ProductBodies.Default.ProductChange,
            change => ProductRules.Check("mug-1", change)),
        ["CartLineChange"] = Of(
            """{ "quantity": 2, "unitPrice": 1250, "currency": "EUR" }""",
            CartBodies.Default.CartLineChange,
            change => CartRules.Check("mug-1", change)),
        ["OrderRequest"] = Of(
            """{ "currency": "EUR", "lines": [{ "sku": "mug-1", "quantity": 2, "unitPrice": 1250 }] }""",
            OrderBodies.Default.OrderRequest,
            OrderRules.Check),
        ["OrderChange"] = Of(
            """{ "status": "paid" }""",
            OrderBodies.Default.OrderChange,
            change => OrderRules.TryParseStatus(change.Status, out _, out var problem) ? null : problem),
        ["UploadRequest"] = Of(
            """{ "contentType": "image/png", "bytes": 100 }""",
            ImageResponsesJson.Default.UploadRequest,
            request => DirectUploads.Check(request.ContentType, request.Bytes, new ImageOptions { MaxBytes = ImageOptions.LargestMaxBytes })),
        ["EndpointRequest"] = Of(
            """
            {
              "url": "https://example.com/webhooks", "eventTypes": ["order.created"], "description": "Orders", "signature": "v1",
              "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3A=", "headers": { "X-Key": "value" }, "rateLimit": 60
            }
            """,
            WebhookBodies.Default.EndpointRequest,
            request => EndpointRules.Check(request, out _, out _) ?? WebhookUrl.Check(request.Url, new WebhookUrlOptions()).Problem),
        ["EndpointChange"] = Of(
            """
            {
              "url": "https://example.com/webhooks", "eventTypes": ["order.created"], "description": "Orders", "signature": "v1",
              "status": "paused", "headers": { "X-Key": "value" }, "rateLimit": 60
            }
            """,
            WebhookBodies.Default.EndpointChange,
            change => EndpointRules.Check(change, out _, out _) ?? WebhookUrl.Check(change.Url, new WebhookUrlOptions()).Problem),
        ["SecretRotation"] = Of(
            """{ "graceHours": 24 }""",
            WebhookBodies.Default.SecretRotation,
            rotation => EndpointRules.TryParseGrace(rotation.GraceHours, out _, out var problem) ? null : problem),
    };

    /// <summary>Returns the problem that a client gets for the example with another value at a pointer.</summary>
    /// <param name="pointer">The location (RFC 6901) of a member or of an element of the example.</param>
    public Problem? ProblemOf(string pointer, JsonNode? value)
    {
        JsonNode body = Example.DeepClone();
        var segments = pointer.Split('/')[1..];
        var parent = segments[..^1].Aggregate(body, (node, segment) => node is JsonArray array ? array[int.Parse(segment, null)]! : node[segment]!);
        if (parent is JsonArray elements)
        {
            elements[int.Parse(segments[^1], null)] = value?.DeepClone();
        }
        else
        {
            parent[segments[^1]] = value?.DeepClone();
        }

        return Check(body);
    }

    private static ConstrainedBody Of<T>(string example, JsonTypeInfo<T> type, Func<T, Problem?> check)
        where T : class => new(
            JsonNode.Parse(example)!.AsObject(),
            body => JsonBody.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), type).Succeeded(out var value, out var problem) ? check(value) : problem);
}
