using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>The decision table: the route of a request, and what the rules of its rule sets do to it. Asks no clock and no dice.</summary>
internal sealed class RuleEngine
{
    private readonly RouteTable _routes;
    private readonly Dictionary<string, Line[]> _ruleSets;

    public RuleEngine(EdgeRules rules)
    {
        _routes = new(rules.Routes);
        _ruleSets = rules.RuleSets.ToDictionary(
            set => set.Name,
            set => set.Rules.OrderBy(rule => rule.Order).Select(rule => new Line(rule, [.. rule.Conditions.Select(condition => new Condition(condition))])).ToArray(),
            StringComparer.Ordinal);
    }

    /// <returns>Null when no route has the path.</returns>
    public EdgeDecision? Decide(EdgeRequest request)
    {
        if (_routes.Find(request.Path) is not { } route)
        {
            return null;
        }

        var decision = new EdgeDecision { Route = route, OriginGroup = route.OriginGroup, Cache = route.Cache, Path = request.Path };
        foreach (var line in route.RuleSets.SelectMany(name => _ruleSets[name]))
        {
            if (!line.Conditions.All(condition => condition.Holds(request)))
            {
                continue;
            }

            foreach (var action in line.Rule.Actions)
            {
                Do(action, request, decision);
            }

            if (decision.Redirect is not null || line.Rule.MatchProcessingBehavior == MatchProcessingBehavior.Stop)
            {
                break;
            }
        }

        return decision;
    }

    private static void Do(RuleAction action, EdgeRequest request, EdgeDecision decision)
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

    /// <summary>A decoded path may hold them, and would write headers of its own.</summary>
    private static string WithoutLineBreaks(string value) => string.Concat(value.Where(character => character is >= ' ' and <= '~'));

    private static PathString Rewritten(PathString path, UrlRewrite.RewriteParameters rewrite, EdgeRequest request)
    {
        var now = path.Value!;
        if (!now.StartsWith(rewrite.SourcePattern, StringComparison.OrdinalIgnoreCase))
        {
            return path;
        }

        var destination = ServerVariables.Expand(rewrite.Destination, request);
        return new(rewrite.PreserveUnmatchedPath ? destination + now[rewrite.SourcePattern.Length..] : destination);
    }

    private static string Location(UrlRedirect.RedirectParameters redirect, EdgeRequest request)
    {
        var scheme = redirect.DestinationProtocol switch
        {
            DestinationProtocol.Http => "http",
            DestinationProtocol.Https => "https",
            _ => request.Scheme,
        };
        var host = redirect.CustomHostname is { } named ? ServerVariables.Expand(named, request) : request.Authority;
        var path = new PathString(redirect.CustomPath is { } given ? ServerVariables.Expand(given, request) : request.Path);
        var query = redirect.CustomQueryString is { } asked ? ServerVariables.Expand(asked, request) : request.QueryString;
        var fragment = redirect.CustomFragment is { } part ? $"#{part}" : "";
        return WithoutLineBreaks($"{scheme}://{host}{path.ToUriComponent()}{(query.Length > 0 ? $"?{query}" : "")}{fragment}");
    }

    private sealed record Line(Rule Rule, Condition[] Conditions);
}
