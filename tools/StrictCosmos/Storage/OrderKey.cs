namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>One key of an ORDER BY or of a composite index: the names of the properties on the way down, and the direction.</summary>
internal sealed record OrderKey(IReadOnlyList<string> Path, bool Descending);
