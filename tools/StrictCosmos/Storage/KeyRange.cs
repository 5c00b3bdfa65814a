namespace ServerlessScale.StrictCosmos.Storage;

/// <summary>A range of effective partition keys with an exclusive end, or a single key.</summary>
internal readonly record struct KeyRange(string From, string To, string? SingleKey = null)
{
    public static KeyRange Of(string key) => new(key, key, key);

    public bool Contains(string key) =>
        SingleKey is not null
            ? string.Equals(key, SingleKey, StringComparison.Ordinal)
            : string.CompareOrdinal(key, From) >= 0 && string.CompareOrdinal(key, To) < 0;
}
