using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Finds the route for a request and executes the route's rule sets. The result depends only on the request and the rules.
/// </summary>
internal sealed class RuleEngine
{
    private readonly RouteTable _routes;
    private readonly Dictionary<string, CompiledRule[]> _ruleSets;

    public RuleEngine(EdgeRules rules)
    {
        _routes = new(rules.Routes);
        _ruleSets = rules.RuleSets.ToDictionary(
            set => set.Name,
            set => set.Rules.OrderBy(rule => rule.Order).Select(rule => new CompiledRule(rule, [.. rule.Conditions.Select(condition => new Condition(condition))])).ToArray(),
            StringComparer.Ordinal);
    }

    /// <returns>The decision; null if no route matches the path.</returns>
    public EdgeDecision? Decide(EdgeRequest request)
    {
        if (_routes.Find(request.Path) is not { } route)
        {
            return null;
        }

        var decision = new EdgeDecision { Route = route, OriginGroup = route.OriginGroup, Cache = route.Cache, Path = request.Path };
        foreach (var compiled in route.RuleSets.SelectMany(name => _ruleSets[name]))
        {
            if (!compiled.Conditions.All(condition => condition.Holds(request)))
            {
                continue;
            }

            foreach (var action in compiled.Rule.Actions)
            {
                Execute(action, request, decision);
            }

            if (decision.Redirect is not null || compiled.Rule.MatchProcessingBehavior == MatchProcessingBehavior.Stop)
            {
                break;
            }
        }

        return decision;
    }

    private static void Execute(RuleAction action, EdgeRequest request, EdgeDecision decision)
    {
        switch (action)
        {
            case ModifyRequestHeader { Parameters: var header }:
                decision.RequestHeaders.Add(Change(header, request));
                break;
            case ModifyResponseHeader { Parameters: var header }:
                decision.ResponseHeaders.Add(Change(header, request));
                break;
            case UrlRewrite { Parameters: var rewrite }:
                decision.Path = Rewritten(decision.Path, rewrite, request);
                break;
            case UrlRedirect { Parameters: var redirect }:
                decision.Redirect = new((int)redirect.RedirectType, Location(redirect, request));
                break;
            case RouteConfigurationOverride { Parameters: var @override }:
                decision.OriginGroup = @override.OriginGroup ?? decision.OriginGroup;
                decision.Cache = @override.CacheConfiguration;
                break;
        }
    }

    private static HeaderChange Change(HeaderParameters header, EdgeRequest request) =>
        new(header.HeaderAction, header.HeaderName, WithoutLineBreaks(ServerVariables.Expand(header.Value, request)));

    /// <summary>
    /// Removes all characters except printable ASCII. A decoded path may contain line breaks, which a client could use to inject headers.
    /// </summary>
    private static string WithoutLineBreaks(string value) => string.Concat(value.Where(character => character is >= ' ' and <= '~'));

    private static PathString Rewritten(PathString path, UrlRewrite.RewriteParameters rewrite, EdgeRequest request)
    {
        var current = path.Value!;
        if (!current.StartsWith(rewrite.SourcePattern, StringComparison.OrdinalIgnoreCase))
        {
            return path;
        }

        var destination = ServerVariables.Expand(rewrite.Destination, request);
        return new(rewrite.PreserveUnmatchedPath ? destination + current[rewrite.SourcePattern.Length..] : destination);
    }

    private static string Location(UrlRedirect.RedirectParameters redirect, EdgeRequest request)
    {
        var scheme = redirect.DestinationProtocol switch
        {
            DestinationProtocol.Http => "http",
            DestinationProtocol.Https => "https",
            _ => request.Scheme,
        };
        var host = redirect.CustomHostname is { } hostname ? ServerVariables.Expand(hostname, request) : request.Authority;
        var path = new PathString(redirect.CustomPath is { } customPath ? ServerVariables.Expand(customPath, request) : request.Path);
        var query = redirect.CustomQueryString is { } customQuery ? ServerVariables.Expand(customQuery, request) : request.QueryString;
        var fragment = redirect.CustomFragment is { } customFragment ? $"#{customFragment}" : "";
        return WithoutLineBreaks($"{scheme}://{host}{path.ToUriComponent()}{(query.Length > 0 ? $"?{query}" : "")}{fragment}");
    }

    private sealed record CompiledRule(Rule Rule, Condition[] Conditions);
}
