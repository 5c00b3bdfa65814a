using System.Text.Json;
using ServerlessScale.Local.Build;
using ServerlessScale.OpenApi;

namespace ServerlessScale.Tests.Unit.OpenApi;

/// <summary>Compares the built API description with the code and with docs/api.md.</summary>
public sealed class ApiDescriptionTests
{
    private static readonly string Root = Repository.FindRoot(AppContext.BaseDirectory)!;
    private static readonly string AppDirectory = FunctionAppBuild.FindNewest(Root);
    private static readonly JsonElement Description = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppDirectory, "openapi.json"))).RootElement;
    private static readonly LoadedApp App = LoadedApp.From(Path.Combine(AppDirectory, "ServerlessScale.Functions.dll"));

    /// <summary>
    /// The problems of requests that reach no operation, so that no operation lists them. docs/api.md describes them.
    /// </summary>
    private static readonly string[] OutsideOperations = ["route-not-found", "method-not-allowed"];

    private static IEnumerable<(string Path, string Verb, JsonElement Operation)> Operations =>
        from path in Description.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name, operation.Value);

    [Fact]
    public void Every_route_and_method_of_the_app_is_described_once()
    {
        // functions.metadata is the Functions SDK's own list of the functions, which the host reads.
        using var metadata = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppDirectory, "functions.metadata")));
        var triggers =
            from function in metadata.RootElement.EnumerateArray()
            from binding in function.GetProperty("bindings").EnumerateArray()
            where binding.GetProperty("type").GetString() == "httpTrigger" && binding.TryGetProperty("methods", out _)
            let route = binding.GetProperty("route").GetString()!
            from method in binding.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)
            where method != "head"
            from path in PathsOf(route)
            select $"{method} {path}";

        Assert.Equal(triggers.Order(StringComparer.Ordinal), Operations.Select(operation => $"{operation.Verb} {operation.Path}").Order(StringComparer.Ordinal));
    }

    /// <summary>OpenAPI has no optional and no catch-all parameters, so a route with one of these has other paths.</summary>
    private static string[] PathsOf(string route) => route switch
    {
        "api/order-statuses/{language?}" => ["/api/order-statuses", "/api/order-statuses/{language}"],
        "assets/{*path}" => ["/assets/{path}"],
        "{nothing:maxlength(0)?}" => ["/"],
        _ => ["/" + route],
    };

    [Fact]
    public void Operation_ids_are_unique() =>
        Assert.Empty(Operations.GroupBy(operation => operation.Operation.GetProperty("operationId").GetString()).Where(id => id.Count() > 1).Select(id => id.Key));

    [Fact]
    public void Every_problem_that_the_code_creates_is_described()
    {
        var described = Operations
            .SelectMany(operation => operation.Operation.GetProperty("responses").EnumerateObject())
            .Where(response => response.Value.TryGetProperty("content", out _))
            .SelectMany(response => response.Value.GetProperty("content").EnumerateObject())
            .Where(content => content.Value.TryGetProperty("examples", out _))
            .SelectMany(content => content.Value.GetProperty("examples").EnumerateObject().Select(example => example.Name))
            .ToHashSet();

        Assert.Empty(ProblemTypes.Of(App).Select(problem => problem.Key).Except(described).Except(OutsideOperations));
    }

    [Fact]
    public void Every_described_problem_is_in_the_contract()
    {
        var contract = File.ReadAllText(Path.Combine(Root, "docs", "api.md"));

        Assert.All(ProblemTypes.Of(App).Select(problem => problem.Key), code => Assert.Contains($"`{code}`", contract, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_event_type_is_described_as_a_webhook() => Assert.Equal(
        Shared.Webhooks.WebhookEventTypes.All.Order(StringComparer.Ordinal),
        Description.GetProperty("webhooks").EnumerateObject().Select(webhook => webhook.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_problem_has_the_status_and_title_of_the_code_that_creates_it()
    {
        var problem = Assert.Single(ProblemTypes.Of(App)["order-not-found"]);

        Assert.Equal(
            (404, "The order does not exist", "There is no order with this id, or it belongs to another customer."),
            (problem.Status, problem.Title, problem.Detail));
    }
}
