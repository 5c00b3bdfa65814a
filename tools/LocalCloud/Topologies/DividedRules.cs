using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Local.Topologies;

/// <summary>
/// The edge's rules for several apps: each app has every origin group once, and its part of every route. infra/edge-rules.bicep does
/// the same for Front Door.
/// </summary>
internal static class DividedRules
{
    /// <summary>The origin groups of one app.</summary>
    public static IReadOnlyList<OriginGroup> GroupsOf(EdgeRules rules, AppPlan app) =>
        [.. rules.OriginGroups.Select(shared => shared with { Name = NameIn(app, shared.Name) })];

    /// <exception cref="LocalCloudException">A rule names an origin group, of which there would be several.</exception>
    public static EdgeRules Divide(EdgeRules rules, IReadOnlyList<AppPlan> apps)
    {
        var overriding = rules.RuleSets.SelectMany(set => set.Rules).FirstOrDefault(rule =>
            rule.Actions.Any(action => action is RouteConfigurationOverride { Parameters.OriginGroup: not null }));
        if (overriding is not null)
        {
            throw new LocalCloudException(
                $"The edge's rule {overriding.Name} overrides the origin group, which can only be said of a monolith: each app has a group of its own.");
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

    /// <summary>The route's own patterns below the app's paths, and the app's paths that the route decides on.</summary>
    private static List<string> PathsOf(Route route, List<string> allPatterns, AppPlan app, List<string> allPaths) =>
    [
        .. route.PatternsToMatch.Where(pattern => app.Paths.Contains(Decisive(pattern, allPaths)))
            .Union(app.Paths.Where(path => route.PatternsToMatch.Contains(Decisive(path, allPatterns)))),
    ];

    /// <returns>The longest of the patterns that have all that a path stands for; null when none has.</returns>
    private static string? Decisive(string path, IEnumerable<string> patterns) =>
        patterns.Where(pattern => Covers(pattern, path)).MaxBy(pattern => pattern.Length);

    private static bool Covers(string pattern, string path) =>
        pattern == path || (pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase));
}
