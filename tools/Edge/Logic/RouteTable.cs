using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>Finds a path's route as Front Door does: an exact path first, then the longest wildcard; case makes no difference.</summary>
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

    /// <param name="path">With its leading slash.</param>
    /// <returns>Null when no route has it.</returns>
    public Route? Find(string path) => _exact.TryGetValue(path, out var route)
        ? route
        : _wildcards.Find(wildcard => path.StartsWith(wildcard.Prefix, StringComparison.OrdinalIgnoreCase)).Route;
}
