namespace ServerlessScale.Edge.Rules;

/// <summary>
/// The content of infra/edge-rules.json: everything that the edge decides about requests. Members have the names and meanings of Azure
/// Front Door's resources, because Front Door is deployed from the same file.
/// </summary>
public sealed record EdgeRules
{
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public required IReadOnlyList<RuleSet> RuleSets { get; init; }

    public required WafPolicy Waf { get; init; }

    /// <summary>Rules that forward every request to one origin group, without firewall, rule sets or cache.</summary>
    public static EdgeRules ForwardAllTo(OriginGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new()
        {
            OriginGroups = [group],
            Routes = [new() { Name = "all", PatternsToMatch = ["/*"], OriginGroup = group.Name }],
            RuleSets = [],
            Waf = new() { Mode = WafMode.Prevention, CustomRules = [] },
        };
    }
}

/// <summary>Assigns requests, by their path, to an origin group, and names the rule sets and the cache configuration that apply to them.</summary>
public sealed record Route
{
    public required string Name { get; init; }

    /// <summary>Exact paths such as <c>/api</c>, or prefixes such as <c>/images/*</c>. An exact match wins over a prefix, and a longer prefix over a shorter one.</summary>
    public required IReadOnlyList<string> PatternsToMatch { get; init; }

    /// <summary>The name of an origin group.</summary>
    public required string OriginGroup { get; init; }

    /// <summary>The names of the rule sets to execute, in this order.</summary>
    public IReadOnlyList<string> RuleSets { get => field ?? []; init; }

    /// <summary>How responses are cached; null when the route caches nothing.</summary>
    public CacheConfiguration? Cache { get; init; }
}
