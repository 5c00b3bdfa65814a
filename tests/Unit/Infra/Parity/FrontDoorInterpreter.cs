using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// Handles requests according to the compiled template. Evaluates the firewall, the route, the rule sets, the cache and the origin in the
/// order documented at https://learn.microsoft.com/azure/frontdoor/front-door-routing-architecture. Throws if the template contains an
/// unknown element.
/// </summary>
internal sealed partial class FrontDoorInterpreter(IReadOnlyList<JsonObject> resources, bool fullUris = true)
{
    private const string Profiles = "Microsoft.Cdn/profiles/";

    private readonly FrontDoorCondition _condition = new(fullUris);
    private readonly Dictionary<(string Rule, string Address), int> _writes = [];

    public EdgeOutcome Decide(SampleRequest request)
    {
        if (Refusal(request) is { } rule)
        {
            return new(rule);
        }

        var route = RouteOf(request.Path);
        var toOrigin = new Dictionary<string, string>(request.Headers, StringComparer.OrdinalIgnoreCase);
        var toClient = new Dictionary<string, string>(EdgeOutcome.OriginHeaders, StringComparer.OrdinalIgnoreCase);
        var path = Execute(route, request, toOrigin, toClient);
        // Front Door caches only GET requests (https://learn.microsoft.com/azure/frontdoor/front-door-caching#request-methods).
        var cached = request.Method == "GET" ? CachedFor(route["properties"]!["cacheConfiguration"]) : null;
        return new(
            Refusal: null,
            Route: EdgeOutcome.RouteOf(NameOf(route)),
            App: AppOf(route),
            // Kestrel decodes the path except for %2F (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel).
            OriginPath: Uri.UnescapeDataString(path.Replace("%2F", "%252F", StringComparison.OrdinalIgnoreCase)),
            Bucket: toOrigin.GetValueOrDefault("X-Bucket"),
            Cookie: cached is null ? toOrigin.GetValueOrDefault("Cookie") : null,
            Cached: cached,
            ResponseHeaders: EdgeOutcome.Format(toClient));
    }

    private string? Refusal(SampleRequest request)
    {
        foreach (var policy in Of(Profiles + "securityPolicies").Where(CoversTheEndpoint).Select(Policy))
        {
            if (Text(policy["policySettings"]!, "enabledState") != "Enabled" || Text(policy["policySettings"]!, "mode") != "Prevention")
            {
                continue;
            }

            foreach (var rule in policy["customRules"]!["rules"]!.AsArray().OrderBy(rule => rule!["priority"]!.GetValue<int>()))
            {
                if (Text(rule!, "enabledState") == "Enabled"
                    && rule!["matchConditions"]!.AsArray().All(condition => _condition.FirewallHolds(condition!, request))
                    && (Text(rule, "ruleType") == "MatchRule" || IsOverTheLimit(rule, request)))
                {
                    return Text(rule, "action") == "Block" ? Text(rule, "name") : throw new NotSupportedException($"The firewall action {Text(rule, "action")} is not supported.");
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Counts the requests from each socket address and returns whether the count exceeds the rule's threshold. Unlike in Front Door, the
    /// window never ends (https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-rate-limit).
    /// </summary>
    private bool IsOverTheLimit(JsonNode rule, SampleRequest request)
    {
        var key = (Text(rule, "name"), request.Address);
        _writes[key] = _writes.GetValueOrDefault(key) + 1;
        return _writes[key] > rule["rateLimitThreshold"]!.GetValue<int>();
    }

    private bool CoversTheEndpoint(JsonObject policy) => policy["properties"]!["parameters"]!["associations"]!.AsArray().Any(association =>
        association!["patternsToMatch"]!.AsArray().Any(pattern => pattern!.GetValue<string>() == "/*")
        && association["domains"]!.AsArray().Any(domain => Text(domain!, "id") == Text(Of(Profiles + "afdEndpoints").Single(), "id")));

    private JsonNode Policy(JsonObject securityPolicy) =>
        ById(Text(securityPolicy["properties"]!["parameters"]!["wafPolicy"]!, "id"))["properties"]!;

    /// <summary>
    /// Returns the route with the exact path, or otherwise the route with the longest matching prefix. The comparison ignores case
    /// (https://learn.microsoft.com/azure/frontdoor/front-door-route-matching).
    /// </summary>
    private JsonObject RouteOf(string path)
    {
        var routes = Of(Profiles + "afdEndpoints/routes")
            .Where(route => Text(route["properties"]!, "enabledState") == "Enabled")
            .SelectMany(route => route["properties"]!["patternsToMatch"]!.AsArray().Select(pattern => (Route: route, Pattern: pattern!.GetValue<string>())))
            .ToArray();
        var exact = routes.FirstOrDefault(route => string.Equals(route.Pattern, path, StringComparison.OrdinalIgnoreCase)).Route;
        return exact ?? routes
            .Where(route => route.Pattern.EndsWith('*') && path.StartsWith(route.Pattern[..^1], StringComparison.OrdinalIgnoreCase))
            .MaxBy(route => route.Pattern.Length).Route;
    }

    /// <returns>The path that Front Door requests from the origin.</returns>
    private string Execute(JsonObject route, SampleRequest request, Dictionary<string, string> toOrigin, Dictionary<string, string> toClient)
    {
        var path = request.Path;
        var rules = route["properties"]!["ruleSets"]!.AsArray()
            .SelectMany(set => Of(Profiles + "ruleSets/rules")
                .Where(rule => Text(rule, "id").StartsWith($"{Text(set!, "id")}/", StringComparison.OrdinalIgnoreCase))
                .OrderBy(rule => rule["properties"]!["order"]!.GetValue<int>()))
            .Select(rule => rule["properties"]!);
        foreach (var rule in rules.Where(rule => rule["conditions"]!.AsArray().All(condition => _condition.RuleHolds(condition!, request))))
        {
            foreach (var action in rule["actions"]!.AsArray())
            {
                var parameters = action!["parameters"]!;
                switch (Text(action, "name"))
                {
                    case "ModifyRequestHeader":
                        Change(toOrigin, parameters);
                        break;
                    case "ModifyResponseHeader":
                        Change(toClient, parameters);
                        break;
                    case "UrlRewrite" when path.StartsWith(Text(parameters, "sourcePattern"), StringComparison.OrdinalIgnoreCase):
                        path = Text(parameters, "destination")
                            + (parameters["preserveUnmatchedPath"]!.GetValue<bool>() ? path[Text(parameters, "sourcePattern").Length..] : "");
                        break;
                    case var unknown:
                        throw new NotSupportedException($"The action {unknown} is not supported.");
                }
            }

            // The Stop value also skips all later rule sets.
            if (Text(rule, "matchProcessingBehavior") == "Stop")
            {
                break;
            }
        }

        return path;
    }

    private static void Change(Dictionary<string, string> headers, JsonNode parameters)
    {
        var name = Text(parameters, "headerName");
        switch (Text(parameters, "headerAction"))
        {
            case "Delete":
                headers.Remove(name);
                break;
            case "Append" when headers.TryGetValue(name, out var before):
                headers[name] = before + Text(parameters, "value");
                break;
            default:
                headers[name] = Text(parameters, "value");
                break;
        }
    }

    private static string? CachedFor(JsonNode? cache) => cache is null ? null : Text(cache, "queryStringCachingBehavior") switch
    {
        "IgnoreQueryString" => EdgeOutcome.ForAnyQuery,
        "UseQueryString" => EdgeOutcome.ForTheSameQuery,
        "IncludeSpecifiedQueryStrings" when Text(cache, "queryParameters").Split(',') is var listed && !listed.Except(EdgeOutcome.ListedParameters).Any() =>
            EdgeOutcome.ForTheSame(listed),
        var unknown => throw new NotSupportedException($"The query string behaviour {unknown} is not supported."),
    };

    private string AppOf(JsonObject route)
    {
        var group = Text(route["properties"]!["originGroup"]!, "id");
        var origin = Of(Profiles + "originGroups/origins")
            .Where(origin => Text(origin, "id").StartsWith($"{group}/", StringComparison.OrdinalIgnoreCase) && Text(origin["properties"]!, "enabledState") == "Enabled")
            .MinBy(origin => origin["properties"]!["priority"]!.GetValue<int>())!;
        return AppInHostName().Match(Text(origin["properties"]!, "hostName")).Groups["app"].Value;
    }

    private IEnumerable<JsonObject> Of(string type) => resources.Where(resource => Text(resource, "type") == type);

    private JsonObject ById(string id) => resources.Single(resource => string.Equals(Text(resource, "id"), id, StringComparison.OrdinalIgnoreCase));

    private static string NameOf(JsonObject resource) => Text(resource, "name").Split('/')[^1];

    private static string Text(JsonNode item, string property) => item[property]!.GetValue<string>();

    [GeneratedRegex("/sites/func-[^-]+-(?<app>[^-]+)-")]
    private static partial Regex AppInHostName();
}
