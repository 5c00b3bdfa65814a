using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Local.Topologies;

/// <summary>
/// Divides the edge's rules among several apps. Each app gets a copy of every origin group, and the part of every route that matches the
/// app's paths. infra/edge-rules.bicep does the same for Front Door.
/// </summary>
internal static class DividedRules
{
    /// <summary>Returns one app's copies of the origin groups.</summary>
    public static IReadOnlyList<OriginGroup> GroupsOf(EdgeRules rules, AppPlan app) =>
        [.. rules.OriginGroups.Select(shared => shared with { Name = NameIn(app, shared.Name) })];

    /// <exception cref="LocalCloudException">A rule overrides the origin group, which would be ambiguous because each app has a copy of the group.</exception>
    public static EdgeRules Divide(EdgeRules rules, IReadOnlyList<AppPlan> apps)
    {
        var overriding = rules.RuleSets.SelectMany(set => set.Rules).FirstOrDefault(rule =>
            rule.Actions.Any(action => action is RouteConfigurationOverride { Parameters.OriginGroup: not null }));
        if (overriding is not null)
        {
            throw new LocalCloudException(
                $"The edge's rule {overriding.Name} overrides the origin group. This works for a monolith only, because otherwise each app has a group of its own.");
        }

        var patterns = rules.Routes.SelectMany(route => route.PatternsToMatch).ToList();
        var paths = apps.SelectMany(app => app.Paths).ToList();
        return rules with
        {
            OriginGroups = [.. apps.SelectMany(app => GroupsOf(rules, app))],
            Routes =
            [
                .. from app in apps
                   from route in rules.Routes
                   let own = PathsOf(route, patterns, app, paths)
                   where own.Count > 0
                   select route with { Name = NameIn(app, route.Name), PatternsToMatch = own, OriginGroup = NameIn(app, route.OriginGroup) },
            ],
        };
    }

    private static string NameIn(AppPlan app, string name) => $"{name}-{app.Name}";

    /// <summary>Returns the route's patterns that lie within the app's paths, and the app's paths that lie within the route's patterns.</summary>
    private static List<string> PathsOf(Route route, List<string> allPatterns, AppPlan app, List<string> allPaths) =>
    [
        .. route.PatternsToMatch.Where(pattern => app.Paths.Contains(Decisive(pattern, allPaths)))
            .Union(app.Paths.Where(path => route.PatternsToMatch.Contains(Decisive(path, allPatterns)))),
    ];

    /// <returns>The longest pattern that matches everything that the path matches; null when there is none.</returns>
    private static string? Decisive(string path, IEnumerable<string> patterns) =>
        patterns.Where(pattern => Covers(pattern, path)).MaxBy(pattern => pattern.Length);

    private static bool Covers(string pattern, string path) =>
        pattern == path || (pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase));
}
