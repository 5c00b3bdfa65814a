namespace ServerlessScale.Edge.Cache;

/// <summary>
/// What is purged, as Front Door has it: one path, or everything below one (<c>/images/*</c>); whatever the case and the query string.
/// </summary>
internal sealed class PurgePattern
{
    private readonly string _path;
    private readonly bool _below;

    private PurgePattern(string path)
    {
        _below = path.EndsWith("/*", StringComparison.Ordinal);
        _path = _below ? path[..^1] : path;
    }

    /// <returns>Null when it is neither a path nor a path with <c>/*</c> at its end.</returns>
    public static PurgePattern? Parse(string? text) =>
        text is ['/', ..] && (text.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || (star == text.Length - 1 && text[^2] == '/')))
            ? new(text)
            : null;

    public bool Matches(string path) => _below
        ? path.StartsWith(_path, StringComparison.OrdinalIgnoreCase)
        : path.Equals(_path, StringComparison.OrdinalIgnoreCase);
}
