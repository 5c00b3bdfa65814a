using ServerlessScale.StrictCosmos.Rules;
namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>
/// The path of a request. It consists of pairs of a resource type and an id. A path with an odd number of segments ends in a resource type
/// and addresses the feed of all resources of that type.
/// </summary>
internal sealed class ResourcePath
{
    private static readonly string[] Hierarchy = ["dbs", "colls", "docs"];

    private readonly string[] _segments;
    private readonly string _raw;

    private ResourcePath(string[] segments, string raw)
    {
        _segments = segments;
        _raw = raw;
    }

    /// <summary>The last resource type in the path, for example <c>docs</c>. Empty for the account.</summary>
    public string ResourceType => _segments.Length == 0 ? "" : _segments[(_segments.Length - 1) / 2 * 2];

    public bool IsFeed => _segments.Length % 2 == 1;

    public int Depth => (_segments.Length + 1) / 2;

    public string? DatabaseId => _segments.ElementAtOrDefault(1);

    public string? ContainerId => _segments.ElementAtOrDefault(3);

    public string? DocumentId => _segments.ElementAtOrDefault(5);

    /// <summary>
    /// The links that the client may have included in the signed string. For a resource, a client signs the link of the resource. For a
    /// feed, it signs the link of the feed's parent. In the link, names are either escaped as in the path or unescaped. If the path
    /// contains a resource id, the client signs only the resource id, in lower case.
    /// </summary>
    public IEnumerable<string> SignedLinks
    {
        get
        {
            var raw = _raw.Split('/', StringSplitOptions.RemoveEmptyEntries);
            var length = IsFeed ? _segments.Length - 1 : _segments.Length;
            yield return string.Join('/', raw, 0, length);
            yield return string.Join('/', _segments, 0, length);
            if (length > 0)
            {
                yield return _segments[length - 1].ToLowerInvariant();
            }
        }
    }

    /// <param name="rawTarget">The request target with its escape sequences.</param>
    /// <exception cref="RefusedException">400: the path is not supported.</exception>
    public static ResourcePath Parse(string rawTarget)
    {
        var query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var raw = query < 0 ? rawTarget : rawTarget[..query];
        var segments = raw.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < segments.Length; index++)
        {
            segments[index] = Uri.UnescapeDataString(segments[index]);
            var expected = Hierarchy.ElementAtOrDefault(index / 2);
            if (index % 2 == 0 && segments[index] != expected && !(index == 4 && segments[index] == "pkranges"))
            {
                throw RefusedException.BadRequest($"StrictCosmos does not support the resource type '{segments[index]}' at this position in the path.");
            }
        }
        return new ResourcePath(segments, raw);
    }
}
