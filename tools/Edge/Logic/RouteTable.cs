using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Finds the route for a path, as Front Door does. An exact match takes precedence over a prefix, and a longer prefix takes precedence over
/// a shorter one. Case is ignored.
/// </summary>
internal sealed class RouteTable
{
    private readonly Dictionary<string, Route> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Prefix, Route Route)> _wildcards = [];

    public RouteTable(IEnumerable<Route> routes)
    {
        foreach (var route in routes)
        {
            foreach (var pattern in route.PatternsToMatch)
            {
                if (pattern.EndsWith('*'))
                {
                    _wildcards.Add((pattern[..^1], route));
                }
                else
                {
                    _exact.Add(pattern, route);
                }
            }
        }

        _wildcards.Sort((one, other) => other.Prefix.Length.CompareTo(one.Prefix.Length));
    }

    /// <param name="path">The path with the leading slash.</param>
    /// <returns>The route; null if no route matches the path.</returns>
    public Route? Find(string path) => _exact.TryGetValue(path, out var route)
        ? route
        : _wildcards.Find(wildcard => path.StartsWith(wildcard.Prefix, StringComparison.OrdinalIgnoreCase)).Route;
}
