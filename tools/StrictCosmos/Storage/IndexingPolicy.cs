using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>
/// The range indexes and composite indexes in a container's indexing policy. They determine whether an ORDER BY can be served.
/// </summary>
internal sealed class IndexingPolicy
{
    private static readonly string[][] IncludedByDefault = [["*"]];
    private static readonly string[] Etag = ["_etag", "?"];

    private readonly bool _isIndexed;
    private readonly IReadOnlyList<string[]> _included;
    private readonly IReadOnlyList<string[]> _excluded;
    private readonly IReadOnlyList<IReadOnlyList<OrderKey>> _composite;

    private IndexingPolicy(bool isIndexed, IReadOnlyList<string[]> included, IReadOnlyList<string[]> excluded, IReadOnlyList<IReadOnlyList<OrderKey>> composite)
    {
        _isIndexed = isIndexed;
        _included = included;
        _excluded = excluded;
        _composite = composite;
    }

    /// <exception cref="RefusedException">400: the policy is malformed.</exception>
    public static IndexingPolicy Parse(JsonElement container)
    {
        if (!container.TryGetProperty("indexingPolicy", out var policy) || policy.ValueKind != JsonValueKind.Object)
        {
            return new IndexingPolicy(true, IncludedByDefault, [Etag], []);
        }
        var mode = policy.TryGetProperty("indexingMode", out var named) ? named.ToString() : "consistent";
        var included = Paths(policy, "includedPaths");
        var excluded = Paths(policy, "excludedPaths");
        if (included.Count == 0 && excluded.Count == 0)
        {
            included.AddRange(IncludedByDefault);
        }
        if (!included.Any(path => path[0] == Etag[0]))
        {
            excluded.Add(Etag);
        }
        var composite = new List<IReadOnlyList<OrderKey>>();
        foreach (var index in Array(policy, "compositeIndexes"))
        {
            if (index.ValueKind != JsonValueKind.Array || index.GetArrayLength() < 2)
            {
                throw RefusedException.BadRequest("A composite index must have at least two paths.");
            }
            composite.Add([.. index.EnumerateArray().Select(Key)]);
        }
        return new IndexingPolicy(!mode.Equals("none", StringComparison.OrdinalIgnoreCase), included, excluded, composite);
    }

    /// <returns>Null when an index can serve the order; otherwise the error message of the service.</returns>
    public string? WhyNotServed(IReadOnlyList<OrderKey> order)
    {
        if (order.Count > 1)
        {
            return _isIndexed && _composite.Any(index => Serves(index, order))
                ? null
                : "The order by query does not have a corresponding composite index that it can be served from.";
        }
        return order.All(key => IsRangeIndexed(key.Path))
            ? null
            : "The order-by item is excluded from the indexing policy, so the query cannot be served.";
    }

    /// <summary>
    /// Returns whether a composite index can serve an order. Both must list the same paths in the same sequence. The directions must either
    /// all be equal or all be opposite.
    /// </summary>
    private static bool Serves(IReadOnlyList<OrderKey> index, IReadOnlyList<OrderKey> order) =>
        index.Count == order.Count
        && index.Zip(order).All(pair => pair.First.Path.SequenceEqual(pair.Second.Path))
        && index.Zip(order).Select(pair => pair.First.Descending == pair.Second.Descending).Distinct().Count() == 1;

    private bool IsRangeIndexed(IReadOnlyList<string> path) =>
        _isIndexed && Precision(_included, path) > Precision(_excluded, path);

    /// <summary>
    /// Returns the precision of the most precise pattern that matches the path, or -1 when no pattern matches. If an included and an
    /// excluded pattern match a path, the more precise pattern takes precedence.
    /// </summary>
    private static int Precision(IReadOnlyList<string[]> patterns, IReadOnlyList<string> path)
    {
        var best = -1;
        foreach (var pattern in patterns)
        {
            var depth = pattern.Length - 1;
            var scalar = pattern[depth] == "?";
            if (depth <= path.Count && (!scalar || depth == path.Count) && pattern[..depth].SequenceEqual(path.Take(depth)))
            {
                best = Math.Max(best, depth * 2 + (scalar ? 1 : 0));
            }
        }
        return best;
    }

    private static OrderKey Key(JsonElement entry)
    {
        var path = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("path", out var named) ? named.ToString() : "";
        if (path.Length < 2 || path[0] != '/')
        {
            throw RefusedException.BadRequest($"'{path}' is not a path of a composite index such as /createdAt.");
        }
        var descending = entry.TryGetProperty("order", out var order) && order.ToString().Equals("descending", StringComparison.OrdinalIgnoreCase);
        return new OrderKey(Split(path), descending);
    }

    private static List<string[]> Paths(JsonElement policy, string name)
    {
        var paths = new List<string[]>();
        foreach (var entry in Array(policy, name))
        {
            var path = entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("path", out var named) ? named.ToString() : "";
            var pattern = Split(path);
            if (path.Length < 2 || path[0] != '/' || pattern[^1] is not ("*" or "?"))
            {
                throw RefusedException.BadRequest($"'{path}' in {name} must end in /* or /?.");
            }
            paths.Add(pattern);
        }
        return paths;
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement policy, string name) =>
        policy.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;

    private static string[] Split(string path) => [.. path.Trim('/').Split('/').Select(name => name.Trim('"'))];
}

/// <summary>A property in an ORDER BY or in a composite index, with its direction.</summary>
/// <param name="Path">The property names that lead from the item to the property.</param>
/// <param name="Descending">Whether the order is descending.</param>
internal sealed record OrderKey(IReadOnlyList<string> Path, bool Descending);
