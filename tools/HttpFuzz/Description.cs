using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using ServerlessScale.Local.Build;

namespace ServerlessScale.HttpFuzz;

/// <summary>The API description that the build of the function app wrote, in a form in which a test can look up responses.</summary>
internal sealed class Description
{
    private static readonly Lazy<Description> Built = new(() => new Description(JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject()));

    private readonly JsonObject _document;
    private readonly Lazy<JsonSchema> _problem;
    private readonly Lazy<IReadOnlySet<string>> _problemCodes;

    private Description(JsonObject document)
    {
        _document = document;
        _problem = new(() => SchemaOf(Component("Problem")));
        _problemCodes = new(() => document["components"]!["examples"]!.AsObject().Select(example => example.Key).ToHashSet());
        Operations =
        [
            .. from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new DescribedOperation(this, path.Key, operation.Key, operation.Value!.AsObject()),
        ];
    }

    public static Description OfBuiltApp => Built.Value;

    /// <summary>The description's path in the app's output folder.</summary>
    public static string FilePath => Path.Combine(FunctionAppBuild.FindNewest(Repository.FindRoot(AppContext.BaseDirectory)!), "openapi.json");

    public IReadOnlyList<DescribedOperation> Operations { get; }

    /// <returns>The operation that a request calls; null if no operation has its path or its method.</returns>
    public DescribedOperation? Find(HttpMethod method, string path)
    {
        var verb = method == HttpMethod.Head ? "get" : method.Method.ToLowerInvariant();
        return Operations.FirstOrDefault(operation => operation.Verb == verb && operation.Matches(path));
    }

    /// <summary>The codes of the problems of all operations.</summary>
    public IReadOnlySet<string> ProblemCodes => _problemCodes.Value;

    /// <summary>Compares a body with the schema of problems.</summary>
    /// <returns>The differences; empty if the body fits the schema.</returns>
    public IEnumerable<string> ProblemErrors(JsonElement body)
    {
        lock (_problem)
        {
            var result = _problem.Value.Evaluate(body, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
            return result.IsValid
                ? []
                : [.. from detail in result.Details ?? [] from error in detail.Errors ?? new Dictionary<string, string>() select error.Value];
        }
    }

    /// <returns>The schema in the components that has the name.</returns>
    public JsonNode Component(string name) => _document["components"]!["schemas"]![name]!;

    /// <summary>Creates a validator from a schema in the description. References lead to the components, which become definitions.</summary>
    public JsonSchema SchemaOf(JsonNode schema)
    {
        var complete = schema.DeepClone().AsObject();
        complete["$defs"] = _document["components"]!["schemas"]!.DeepClone();
        return JsonSchema.FromText(complete.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }
}

/// <summary>An operation in the API description.</summary>
internal sealed class DescribedOperation(Description description, string path, string verb, JsonObject operation)
{
    private static readonly EvaluationOptions AllErrors = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly Regex _path = new($"^{Regex.Replace(Regex.Escape(path), @"\\\{\w+}", "[^/]+")}$");
    private readonly Dictionary<(int Status, string MediaType), JsonSchema> _schemas = [];

    public string Id => operation["operationId"]!.GetValue<string>();

    public string Path => path;

    public string Verb => verb;

    public JsonObject Responses => operation["responses"]!.AsObject();

    /// <summary>The parameters in the path, the query and the headers.</summary>
    public IEnumerable<JsonNode> Parameters => (operation["parameters"]?.AsArray() ?? []).Select(parameter => parameter!);

    /// <param name="place"><c>path</c>, <c>query</c> or <c>header</c>.</param>
    /// <returns>The names of the parameters in this part of a request.</returns>
    public IEnumerable<string> NamesOf(string place) =>
        Parameters.Where(parameter => $"{parameter["in"]}" == place).Select(parameter => $"{parameter["name"]}");

    /// <summary>The schema of the JSON body of a request; null if the operation has no such body.</summary>
    public JsonNode? BodySchema => operation["requestBody"]?["content"]?["application/json"]?["schema"];

    public bool Matches(string requestPath) => _path.IsMatch(requestPath);

    /// <summary>Compares a response with its description.</summary>
    /// <param name="body">The body; null if it is not JSON.</param>
    /// <returns>The differences; empty if the response is as described.</returns>
    public IEnumerable<string> DifferencesFrom(HttpResponseMessage response, JsonElement? body)
    {
        var status = (int)response.StatusCode;
        if (Responses[$"{status}"] is not JsonObject described)
        {
            return [$"the status {status} is not described"];
        }

        var undescribed = response.Headers
            .Where(header => IsOfOperations(header.Key, header.Value))
            .Select(header => header.Key)
            .Where(name => described["headers"]?.AsObject().Any(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)) != true)
            .Select(name => $"the header {name} is not described");
        if (response.Content.Headers.ContentType?.MediaType is not { } mediaType)
        {
            return undescribed;
        }

        if (described["content"]?[mediaType] is not JsonObject content)
        {
            return [.. undescribed, $"the media type {mediaType} is not described"];
        }

        return body is { } json && content["schema"] is { } schema
            ? [.. undescribed, .. ErrorsOf(json, status, mediaType, schema)]
            : undescribed;
    }

    /// <summary>
    /// Returns whether operations determine the header. The web server, the middleware and the edge add the other headers to responses of any
    /// operation.
    /// </summary>
    private static bool IsOfOperations(string name, IEnumerable<string> values) => name.ToLowerInvariant() switch
    {
        "etag" or "location" or "link" or "consistency-token" or "idempotency-replayed" or "retry-after" or "www-authenticate" => true,
        "set-cookie" => values.Any(value => value.StartsWith("sid=", StringComparison.Ordinal)), // The edge sets a cookie too.
        _ => false,
    };

    private List<string> ErrorsOf(JsonElement body, int status, string mediaType, JsonNode schema)
    {
        // Tests run in parallel, and a schema of JsonSchema.Net cannot evaluate two bodies at the same time.
        lock (_schemas)
        {
            if (!_schemas.TryGetValue((status, mediaType), out var compiled))
            {
                compiled = description.SchemaOf(schema);
                _schemas.Add((status, mediaType), compiled);
            }

            var result = compiled.Evaluate(body, AllErrors);
            return result.IsValid
                ? []
                :
                [
                    .. from detail in result.Details ?? []
                       from error in detail.Errors ?? []
                       select $"{detail.InstanceLocation}: {error.Value} ({detail.EvaluationPath})",
                ];
        }
    }
}
