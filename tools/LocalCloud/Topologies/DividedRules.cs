using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Local.Topologies;

/// <summary>
/// Divides the edge rules among several apps. Each app gets a copy of every origin group, and a copy of every route, limited to the app's
/// paths. infra/edge-rules.bicep does the same for Front Door.
/// </summary>
internal static class DividedRules
{
    /// <summary>Returns one app's copies of the origin groups.</summary>
    public static IReadOnlyList<OriginGroup> GroupsOf(EdgeRules rules, AppPlan app) =>
        [.. rules.OriginGroups.Select(shared => shared with { Name = NameIn(app, shared.Name) })];

    /// <summary>Returns the rules with the origin groups and routes of all apps.</summary>
    /// <exception cref="LocalCloudException">
    /// A rule overrides the origin group. The override would be ambiguous, because each app has its own copy of the group.
    /// </exception>
    public static EdgeRules Divide(EdgeRules rules, IReadOnlyList<AppPlan> apps)
    {
        var overriding = rules.RuleSets.SelectMany(set => set.Rules).FirstOrDefault(rule =>
            rule.Actions.Any(action => action is RouteConfigurationOverride { Parameters.OriginGroup: not null }));
        if (overriding is not null)
        {
            throw new LocalCloudException(
                $"The edge's rule {overriding.Name} overrides the origin group. "
                + "An override works only in a monolith, because in other topologies each app has its own copy of the group.");
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

    /// <summary>
    /// Returns the patterns for the requests that match the route and belong to the app. These are the route's patterns whose longest
    /// covering path belongs to the app, and the app's paths whose longest covering pattern belongs to the route.
    /// </summary>
    private static List<string> PathsOf(Route route, List<string> allPatterns, AppPlan app, List<string> allPaths) =>
    [
        .. route.PatternsToMatch.Where(pattern => app.Paths.Contains(Decisive(pattern, allPaths)))
            .Union(app.Paths.Where(path => route.PatternsToMatch.Contains(Decisive(path, allPatterns)))),
    ];

    /// <returns>The longest pattern that covers the path; null if no pattern covers it.</returns>
    private static string? Decisive(string path, IEnumerable<string> patterns) =>
        patterns.Where(pattern => Covers(pattern, path)).MaxBy(pattern => pattern.Length);

    private static bool Covers(string pattern, string path) =>
        pattern == path || (pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase));
}
