using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;

namespace ServerlessScale.OpenApi;

/// <summary>Builds the OpenAPI 3.1 document of the app from its compiled code.</summary>
internal static class ApiDescription
{
    private const string Introduction =
        "The HTTP API of a shop. Bodies are JSON with camelCase names. Times are RFC 3339 in UTC, and amounts are integers in the minor unit of "
        + "an ISO 4217 currency. Every error is a problem document (RFC 9457), whose `type` identifies the problem and whose `pointer` names "
        + "the part of the request that caused it.\n\nEvery GET operation also supports HEAD, whose response has the same headers and no body. "
        + "`OPTIONS` on a known path gets 204 with `Allow`. An unknown path gets 404 `route-not-found`, and a known path with another method "
        + "gets 405 `method-not-allowed` with `Allow`.";

    private const string IdempotencyKey = "Idempotency-Key";

    private static readonly string[] StringConstraints = ["Format", "Pattern"];

    public static JsonObject Of(LoadedApp app)
    {
        var comments = new XmlComments(app);
        var schemas = new Schemas(app, comments);
        var responses = new Responses(schemas, ProblemTypes.Of(app));
        var operations = Operation.AllOf(app);
        schemas.Components.Add("Problem", ProblemSchema());

        var paths = new JsonObject(operations.GroupBy(operation => operation.Path).Select(path => KeyValuePair.Create(
            path.Key,
            (JsonNode?)new JsonObject(path.Select(operation => KeyValuePair.Create(
                operation.Verb, (JsonNode?)Describe(operation, app, comments, schemas, responses)))))));
        var webhooks = Webhooks.Of(app, schemas, comments);
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "ServerlessScale shop",
                ["version"] = "1.0.0",
                ["description"] = Introduction,
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
                ["contact"] = new JsonObject { ["name"] = "ServerlessScale", ["url"] = "https://serverlessscale.dev" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "The host that served this document." }),
            ["tags"] = Tags(operations, comments),
            ["paths"] = paths,
            ["webhooks"] = webhooks,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["bearerFormat"] = "JWT",
                        ["description"] = "A JWT whose `sub` claim is the customer's id. Each operation names the scope that its token needs.",
                    },
                    ["session"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "cookie",
                        ["name"] = "sid",
                        ["description"] = "The session whose cart the operation uses. The server issues the cookie.",
                    },
                },
                ["headers"] = Headers.Components(responses.Headers),
                ["examples"] = new JsonObject(responses.Examples.Select(example => KeyValuePair.Create(example.Key, (JsonNode?)example.Value))),
                ["schemas"] = new JsonObject(schemas.Components.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
            },
        };
    }

    private static JsonObject Describe(Operation operation, LoadedApp app, XmlComments comments, Schemas schemas, Responses responses)
    {
        var text = comments.Of(operation.Method)
            ?? throw new InvalidOperationException($"The function {operation.Function} has no documentation comment.");
        text = WithoutRoute(text);
        var description = new JsonObject
        {
            ["operationId"] = operation.Id,
            ["tags"] = new JsonArray(operation.Capability),
            ["summary"] = text.Split(". ")[0].TrimEnd('.'),
            ["description"] = operation.Scope is null ? text : $"{text}\n\nRequires a token with the scope `{operation.Scope}`.",
            ["security"] = Security(operation),
        };
        var parameters = Parameters(operation, app);
        if (parameters.Count > 0)
        {
            description["parameters"] = parameters;
        }

        if (Body(operation, schemas) is { } body)
        {
            description["requestBody"] = body;
        }

        description["responses"] = responses.Of(operation);
        return description;
    }

    /// <summary>Removes the route with which some comments begin, e.g. <c>`GET /api/orders`: lists orders</c>.</summary>
    private static string WithoutRoute(string text)
    {
        var end = text.StartsWith('`') ? text.IndexOf("`: ", StringComparison.Ordinal) : -1;
        var rest = end < 0 ? text : text[(end + 3)..];
        return char.ToUpperInvariant(rest[0]) + rest[1..];
    }

    private static JsonArray Security(Operation operation)
    {
        var schemes = new JsonObject();
        if (operation.Scope is { } scope)
        {
            schemes["bearer"] = new JsonArray(scope);
        }

        if (operation.Method.Attribute("UsesSession") is not null)
        {
            schemes["session"] = new JsonArray();
        }

        // A request without a session is valid: it gets an empty cart, or starts a session. An empty requirement means that a client may
        // send no credentials.
        return schemes.Count == 0 || operation.Scope is not null
            ? new JsonArray(schemes)
            : new JsonArray(schemes, new JsonObject());
    }

    private static JsonArray Parameters(Operation operation, LoadedApp app)
    {
        var path = operation.PathParameters.Select(name => new JsonObject
        {
            ["name"] = name,
            ["in"] = "path",
            ["required"] = true,
            ["description"] = PathParameterDescription(name),
            ["schema"] = PathParameterSchema(operation, name),
        });
        var query = operation.Method.Attributes("QueryParameter").Select(Query);
        var headers = operation.Method.Attributes("RequestHeader")
            .Select(header => (Name: header.Argument<string>(0)!, Required: header.Property<bool>("Required"), Pattern: header.Property<string>("Pattern")))
            .Concat(operation.IsIdempotent ? [(IdempotencyKey, false, null)] : [])
            .Select(header => Headers.Request(
                header.Name, header.Required, header.Name == IdempotencyKey ? app.Constant("IdempotencyKey", "Pattern") : header.Pattern))
            .ToList();

        if (operation.Method.Attribute("SupportsConditions") is not null)
        {
            headers.AddRange(Headers.Conditional
                .Where(name => headers.TrueForAll(header => (string)header["name"]! != name))
                .Select(name => Headers.Request(name, required: false)));
        }

        return new JsonArray([.. path, .. query, .. headers]);
    }

    /// <summary>Describes a path parameter by the validation attributes of the method's parameter.</summary>
    private static JsonObject PathParameterSchema(Operation operation, string name)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (operation.Method.GetParameters().SingleOrDefault(parameter => parameter.Name == name) is { } parameter)
        {
            Schemas.Constrain(schema, parameter.GetCustomAttributes<ValidationAttribute>());
        }

        return schema;
    }

    private static string PathParameterDescription(string name) => name switch
    {
        "id" => "The id of the resource.",
        "sku" => "The product's stock keeping unit.",
        "language" => "The language of the labels, as an ISO 639-1 code.",
        "path" => "The file's name, which changes with its content.",
        "file" => "The width and the format of a variant, e.g. `640.webp`. The image's status lists the existing variants.",
        _ => throw new InvalidOperationException($"The path parameter {name} has no description. Add it to {nameof(ApiDescription)} in tools/OpenApi."),
    };

    private static JsonObject Query(CustomAttributeData attribute)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (attribute.Property<int>("Maximum") is var maximum and > 0)
        {
            schema = new JsonObject { ["type"] = "integer", ["minimum"] = attribute.Property<int>("Minimum"), ["maximum"] = maximum };
        }

        foreach (var name in StringConstraints)
        {
            if (attribute.Property<string>(name) is { } value)
            {
                schema[name.ToLowerInvariant()] = value;
            }
        }

        if (attribute.Property<Type>("ValuesOf") is { } values)
        {
            schema["enum"] = Schemas.NamesOf(values);
        }

        return new JsonObject
        {
            ["name"] = attribute.Argument<string>(0),
            ["in"] = "query",
            ["required"] = false,
            ["description"] = attribute.Argument<string>(1),
            ["schema"] = schema,
        };
    }

    private static JsonObject? Body(Operation operation, Schemas schemas)
    {
        if (operation.Method.Attribute("Accepts") is { } json)
        {
            var schema = schemas.Reference(json.AttributeType.GenericTypeArguments[0], isRequest: true);
            return new JsonObject
            {
                ["required"] = !json.Property<bool>("Optional"),
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
            };
        }

        return operation.Method.Attribute("AcceptsContent") is { } content
            ? new JsonObject
            {
                ["required"] = true,
                // JSON Schema does not define the format "binary", but generators recognise by it that the body consists of bytes.
                ["content"] = new JsonObject(content.Argument<string[]>(0)!.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject
                {
                    ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" },
                }))),
            }
            : null;
    }

    private static JsonArray Tags(IEnumerable<Operation> operations, XmlComments comments) => new(
    [
        .. operations
            .GroupBy(operation => operation.Capability)
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => new JsonObject
            {
                ["name"] = tag.Key,
                ["description"] = comments.Of(tag.First().Method.DeclaringType!)?.Split(". ")[0].TrimEnd('.') + ".",
            }),
    ]);

    /// <summary>The members of RFC 9457 section 3.1, and this API's <c>pointer</c>. Some problems have further members.</summary>
    private static JsonObject ProblemSchema() => new()
    {
        ["type"] = "object",
        ["description"] = "A problem document (RFC 9457).",
        ["required"] = new JsonArray("type", "title", "status", "detail", "instance"),
        ["properties"] = new JsonObject
        {
            ["type"] = Member("Identifies the problem: `https://serverlessscale.dev/problems/` and its code.", "uri"),
            ["title"] = Member("A summary, which is the same for every problem with this code."),
            ["status"] = new JsonObject { ["type"] = "integer", ["format"] = "int32", ["description"] = "The status code of the response." },
            ["detail"] = Member("The cause of this occurrence, and how the client can resolve it."),
            ["instance"] = Member("Identifies this occurrence. It also appears in the server's log.", "uri-reference"),
            ["pointer"] = Member(
                "The part of the request that caused the problem: a JSON Pointer (RFC 6901), a header or a query parameter. Absent if the problem "
                + "concerns the entire request."),
        },
    };

    private static JsonObject Member(string description, string? format = null)
    {
        var member = new JsonObject { ["type"] = "string", ["description"] = description };
        if (format is not null)
        {
            member["format"] = format;
        }

        return member;
    }
}
