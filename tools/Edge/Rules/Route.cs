namespace ServerlessScale.Edge.Rules;

/// <summary>Which requests go to which origins, through which rule sets and whether through the cache.</summary>
public sealed record Route
{
    public required string Name { get; init; }

    /// <summary>Exact paths, or paths that end with <c>/*</c>. An exact one wins, then the longest.</summary>
    public required IReadOnlyList<string> PatternsToMatch { get; init; }

    /// <summary>The name of an origin group.</summary>
    public required string OriginGroup { get; init; }

    /// <summary>Names of rule sets, executed in this order.</summary>
    public IReadOnlyList<string> RuleSets { get => field ?? []; init; }

    /// <summary>Null: nothing of this route is cached.</summary>
    public CacheConfiguration? Cache { get; init; }
}
