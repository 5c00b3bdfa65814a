using System.Reflection;
using System.Text.Json.Nodes;

namespace ServerlessScale.OpenApi;

/// <summary>Describes the responses of an operation: the successful ones by its attributes, and the problems by status.</summary>
internal sealed class Responses(Schemas schemas, ILookup<string, ProblemType> problems)
{
    /// <summary>The codes of the problems that every operation can return (docs/api.md).</summary>
    private static readonly string[] OfAllOperations =
    [
        "bad-request", "invalid-parameter", "not-through-edge", "internal-error", "contention", "dependency-unavailable", "invocation-cancelled",
    ];

    private static readonly string[] OfOperationsWithScope =
        ["token-missing", "token-invalid", "token-expired", "scope-missing", "authority-unavailable"];

    private static readonly string[] OfOperationsWithJsonBody =
        ["empty-body", "malformed-json", "body-too-large", "unsupported-media-type", "invalid-body"];

    private static readonly string[] OfIdempotentOperations = ["idempotency-key-invalid", "idempotency-in-flight", "idempotency-key-reused"];

    /// <summary>The attributes that describe successful responses.</summary>
    private static readonly string[] Successful = ["Returns", "ReturnsContent"];

    private static readonly string[] OfOperationsWithBody = ["request-timeout", "request-too-large"];

    /// <summary>The names of the headers that some response has.</summary>
    public SortedSet<string> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>The examples of problems by component name.</summary>
    public SortedDictionary<string, JsonNode> Examples { get; } = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The attributes describe no successful response, or a code that does not exist.</exception>
    public JsonObject Of(Operation operation)
    {
        var responses = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var attribute in Successful.SelectMany(name => operation.Method.Attributes(name)))
        {
            responses.Add($"{attribute.Argument<int>(0)}", Success(attribute, operation));
        }

        if (responses.Count == 0)
        {
            throw new InvalidOperationException(
                $"The function {operation.Function} describes no response. Add attributes such as [Returns<T>(200)] and [Problems(...)] to its "
                + "method; see src/Functions/Http/OperationAttributes.cs.");
        }

        if (operation.Method.Attribute("SupportsConditions") is not null && operation.Verb == "get")
        {
            responses.Add("304", new JsonObject
            {
                ["description"] = "The representation that the client has is still current.",
                // RFC 9110 section 15.4.5: the headers that a 200 response would have.
                ["headers"] = responses["200"]["headers"]!.DeepClone(),
            });
        }

        foreach (var status in CodesOf(operation).Select(code => Find(code, operation)).SelectMany(found => found).GroupBy(problem => problem.Status ?? 400))
        {
            var problem = Problem(status.Key, [.. status], operation);
            if (responses.TryGetValue($"{status.Key}", out var described))
            {
                // The operation returns a body of its own with this status, or a problem.
                problem["description"] = $"{described["description"]} Or {problem["description"]}";
                foreach (var (mediaType, content) in described["content"]!.AsObject())
                {
                    problem["content"]![mediaType] = content!.DeepClone();
                }
            }

            responses[$"{status.Key}"] = problem;
        }

        return new JsonObject(responses.Select(response => KeyValuePair.Create(response.Key, (JsonNode?)response.Value)));
    }

    /// <returns>The codes of all problems that an operation can return.</returns>
    public static IEnumerable<string> CodesOf(Operation operation)
    {
        var method = operation.Method;
        var hasJsonBody = method.Attribute("Accepts") is not null;
        return
        [
            .. method.Attribute("Problems")?.Argument<string[]>(0) ?? [],
            .. OfAllOperations,
            .. operation.Scope is null ? [] : OfOperationsWithScope,
            .. operation.IsIdempotent ? OfIdempotentOperations : [],
            .. hasJsonBody ? OfOperationsWithJsonBody : [],
            .. hasJsonBody || method.Attribute("AcceptsContent") is not null ? OfOperationsWithBody : [],
            .. method.Attribute("SupportsConditions") is null ? Array.Empty<string>() : ["precondition-failed"],
        ];
    }

    private IEnumerable<ProblemType> Find(string code, Operation operation) => problems.Contains(code)
        ? problems[code]
        : throw new InvalidOperationException($"The function {operation.Function} lists the problem {code}, which no code creates.");

    private JsonObject Success(CustomAttributeData attribute, Operation operation)
    {
        var status = attribute.Argument<int>(0);
        var response = new JsonObject { ["description"] = Description(status) };
        response["headers"] = HeadersOf([.. attribute.Property<string[]>("Headers") ?? [], .. ReplayHeader(operation)]);
        var content = new JsonObject();
        if (attribute.AttributeType.GenericTypeArguments is [var body])
        {
            content[attribute.Property<string>("MediaType") ?? "application/json"] = new JsonObject { ["schema"] = schemas.Reference(body, isRequest: false) };
        }

        foreach (var mediaType in attribute.Argument<string[]>(1) ?? [])
        {
            content[mediaType] = new JsonObject();
        }

        if (content.Count > 0)
        {
            response["content"] = content;
        }

        return response;
    }

    private JsonObject Problem(int status, ProblemType[] types, Operation operation)
    {
        string[] headers =
        [
            .. status == 401 || types.Any(type => type.Code == "scope-missing") ? ["WWW-Authenticate"] : Array.Empty<string>(),
            .. status is 404 or 409 or 503 ? ["Retry-After"] : Array.Empty<string>(),
            // A problem that an operation with an effect returned is stored too. Problems of identity and of unavailability are not.
            .. status is 401 or 403 or >= 500 ? [] : ReplayHeader(operation),
        ];
        return new JsonObject
        {
            ["description"] = string.Join(" ", types.Select(type => $"`{type.Code}`: {type.Title}.")),
            ["headers"] = HeadersOf(headers),
            ["content"] = new JsonObject
            {
                ["application/problem+json"] = new JsonObject
                {
                    ["schema"] = new JsonObject
                    {
                        ["allOf"] = new JsonArray(Schemas.Reference("Problem"), new JsonObject
                        {
                            ["properties"] = new JsonObject
                            {
                                ["type"] = new JsonObject { ["enum"] = new JsonArray([.. types.Select(type => (JsonNode)TypeOf(type))]) },
                                ["status"] = new JsonObject { ["enum"] = new JsonArray(status) },
                            },
                        }),
                    },
                    ["examples"] = new JsonObject(types.Select(type => KeyValuePair.Create(type.Code, (JsonNode?)Example(type, status)))),
                },
            },
        };
    }

    private static string[] ReplayHeader(Operation operation) => operation.IsIdempotent ? ["Idempotency-Replayed"] : [];

    /// <returns>A reference to the example of a problem. The code identifies the example, unless several statuses have problems with this code.</returns>
    private JsonObject Example(ProblemType type, int status)
    {
        var name = problems[type.Code].Count() == 1 ? type.Code : $"{type.Code}-{status}";
        Examples.TryAdd(name, new JsonObject
        {
            ["value"] = new JsonObject
            {
                ["type"] = TypeOf(type),
                ["title"] = type.Title,
                ["status"] = status,
                ["detail"] = type.Detail,
                ["instance"] = "urn:uuid:0b7a3d0e-5c2f-4a57-9a55-0f0d6c1f2a11",
            },
        });
        return new JsonObject { ["$ref"] = $"#/components/examples/{name}" };
    }

    private static string TypeOf(ProblemType type) => $"https://serverlessscale.dev/problems/{type.Code}";

    private JsonObject HeadersOf(IEnumerable<string> names)
    {
        string[] all = [.. names, .. OpenApi.Headers.OfAllResponses];
        Headers.UnionWith(all);
        return new JsonObject(all.Select(name => KeyValuePair.Create(name, (JsonNode?)OpenApi.Headers.Reference(name))));
    }

    private static string Description(int status) => status switch
    {
        200 => "The operation succeeded.",
        201 => "The resource was created.",
        202 => "The request was accepted. The work continues in the background.",
        204 => "The operation succeeded. The response has no body.",
        206 => "The requested range of the file.",
        503 => "A service on which the app depends is unavailable.",
        _ => throw new InvalidOperationException($"The status {status} has no description. Add it to {nameof(Responses)} in tools/OpenApi."),
    };
}
