namespace ServerlessScale.Edge.Cache;

/// <summary>
/// A pattern for the paths to purge. As in Front Door, the pattern is either a path or a prefix such as <c>/images/*</c>. Case and query
/// strings are ignored.
/// </summary>
internal sealed class PurgePattern
{
    private readonly string _path;
    private readonly bool _isPrefix;

    private PurgePattern(string path)
    {
        _isPrefix = path.EndsWith("/*", StringComparison.Ordinal);
        _path = _isPrefix ? path[..^1] : path;
    }

    /// <returns>The pattern; null if the text is neither a path nor a prefix that ends with <c>/*</c>.</returns>
    public static PurgePattern? Parse(string? text) =>
        text is ['/', ..] && (text.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || (star == text.Length - 1 && text[^2] == '/')))
            ? new(text)
            : null;

    public bool Matches(string path) => _isPrefix
        ? path.StartsWith(_path, StringComparison.OrdinalIgnoreCase)
        : path.Equals(_path, StringComparison.OrdinalIgnoreCase);
}
