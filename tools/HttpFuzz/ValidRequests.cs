using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.HttpFuzz;

/// <summary>Creates valid requests from the API description and the resources of a shop.</summary>
internal sealed partial class ValidRequests(Description description, FuzzShop shop)
{
    /// <param name="operation">The operation that the request calls.</param>
    /// <param name="random">Determines which optional parts the request has.</param>
    /// <param name="key">The idempotency key, if the request has one.</param>
    /// <returns>The request, and its body as JSON; null if the operation has no JSON body.</returns>
    public (FuzzRequest Request, JsonNode? Json) Create(DescribedOperation operation, Random random, string key)
    {
        var request = new FuzzRequest
        {
            Method = operation.Verb.ToUpperInvariant(),
            Path = Parameter().Replace(operation.Path, match => PathValue(operation, match.Groups[1].Value, random, key)),
        };
        request.Headers.Add(("Authorization", $"Bearer {shop.TokenFor(operation.Path)}"));
        if (operation.Path.StartsWith("/api/cart", StringComparison.Ordinal))
        {
            request.Headers.Add(("Cookie", shop.Cookie));
        }

        foreach (var parameter in operation.Parameters)
        {
            var name = parameter["name"]!.GetValue<string>();
            if (parameter["in"]!.GetValue<string>() == "query" && random.Next(3) == 0 && QueryValue(name, parameter["schema"]!, random) is { } value)
            {
                request.Query.Add((name, value));
            }
            else if (name == "Idempotency-Key")
            {
                // Some requests share a key, so that responses are replayed and different requests with one key are refused.
                request.Headers.Add((name, random.Next(10) == 0 ? "shared" : key));
            }
        }

        switch (operation.Id)
        {
            case "changeOrder":
                request.Headers.Add(("If-Match", "\"1\""));
                break;
            case "deleteProduct":
                request.Headers.Add(("If-Match", shop.ProductTag));
                break;
            case "putProduct":
                request.Headers.Add(("If-None-Match", "*"));
                break;
            case "uploadImage":
                request.Headers.Add(("Content-Type", "image/gif"));
                request.Body = FuzzShop.Picture;
                break;
        }

        if (operation.BodySchema is not { } schema)
        {
            return (request, null);
        }

        request.Headers.Add(("Content-Type", "application/json"));
        return (request, BodyValue(operation.Id, "", schema, random));
    }

    private string PathValue(DescribedOperation operation, string parameter, Random random, string key) => (operation.Path.Split('/')[2], parameter) switch
    {
        ("products", _) when operation.Id == "putProduct" => $"new-{key}",
        ("products", _) => shop.Value(operation.Id == "deleteProduct" ? "product" : "sku"),
        ("cart", _) => shop.Value("sku"),
        ("orders", _) => shop.Value("order"),
        ("events", _) => shop.Value("event"),
        ("uploads", _) => shop.Value("upload"),
        (_, "file") => shop.Value("variant"),
        ("images", _) or ("{id}", _) => shop.Value(operation.Id == "deleteImage" ? "image to delete" : "image"),
        ("webhooks", _) when operation.Id == "deleteEndpoint" => shop.Value("endpoint to delete"),
        ("webhooks", _) => shop.Value(operation.Path.Contains("deliveries/", StringComparison.Ordinal) ? "delivery" : "endpoint"),
        ("order-statuses", _) => random.Next(2) == 0 ? "de" : "en",
        _ => shop.Value("asset"),
    };

    private string? QueryValue(string name, JsonNode schema, Random random) => name switch
    {
        "cursor" => null,
        "endpoint" => shop.Value("endpoint"),
        "type" => "order.created",
        "month" => "2026-11",
        "since" => DateTimeOffset.UtcNow.AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        _ when schema["enum"] is JsonArray values => $"{values[random.Next(values.Count)]}",
        _ => $"{random.Next(1, 101)}",
    };

    private JsonNode? BodyValue(string operation, string name, JsonNode schema, Random random)
    {
        if (schema["$ref"] is { } reference)
        {
            schema = description.Component($"{reference}".Split('/')[^1]);
        }

        switch (schema["type"] is JsonArray several ? $"{several[^1]}" : $"{schema["type"]}")
        {
            case "object" when schema["properties"] is JsonObject members:
                var required = schema["required"]?.AsArray().Select(member => $"{member}").ToHashSet() ?? [];
                var json = new JsonObject();
                foreach (var (member, inner) in members)
                {
                    if (required.Contains(member) || (member is not ("imageId" or "unitPrice" or "secret") && random.Next(2) == 0))
                    {
                        json[member] = BodyValue(operation, member, inner!, random);
                    }
                }

                return json;
            case "object":
                return new JsonObject { ["X-Warehouse"] = "north" };
            case "array" when name == "eventTypes":
                return new JsonArray("order.created");
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => BodyValue(operation, name, schema["items"]!, random))]);
            case "integer":
                return name switch { "price" => 1250, "bytes" => FuzzShop.Picture.Length, _ => random.Next(1, 20) };
            case "boolean":
                return random.Next(2) == 0;
            default:
                return name switch
                {
                    "sku" => shop.Value("sku"),
                    "currency" => "EUR",
                    "status" => operation == "changeOrder" ? "paid" : random.Next(2) == 0 ? "active" : "paused",
                    "url" => FuzzShop.ReceiverUrl,
                    "since" => DateTimeOffset.UtcNow.AddDays(-1),
                    "contentType" => "image/gif",
                    "signature" => random.Next(2) == 0 ? "v1" : "v1a",
                    _ => "Some text",
                };
        }
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
