using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>
/// The content of infra/edge-rules.json, which determines how the edge handles requests. The members have the same names and meanings as in
/// Azure Front Door's resources, because Front Door is deployed from the same file.
/// </summary>
public sealed record EdgeRules
{
    /// <summary>
    /// The maximum time without data from an origin. A rules file specifies it as an integer from 16 to 240 seconds. The default is 240 s.
    /// </summary>
    [JsonPropertyName("originResponseTimeoutSeconds")]
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan OriginResponseTimeout { get; init; } = TimeSpan.FromSeconds(240);

    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public required IReadOnlyList<RuleSet> RuleSets { get; init; }

    public required WafPolicy Waf { get; init; }

    /// <summary>Creates rules that forward every request to one origin group without a firewall, rule sets or a cache.</summary>
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

/// <summary>
/// A route. It assigns requests to an origin group by path, and specifies the rule sets and the cache configuration for these requests.
/// </summary>
public sealed record Route
{
    public required string Name { get; init; }

    /// <summary>
    /// Exact paths such as <c>/api</c>, or prefixes such as <c>/images/*</c>. An exact match takes precedence over a prefix, and a longer
    /// prefix takes precedence over a shorter one.
    /// </summary>
    public required IReadOnlyList<string> PatternsToMatch { get; init; }

    /// <summary>The name of an origin group.</summary>
    public required string OriginGroup { get; init; }

    /// <summary>The names of the rule sets to execute, in the order of execution.</summary>
    public IReadOnlyList<string> RuleSets { get => field ?? []; init; }

    /// <summary>The cache settings; null if the route's responses are not cached.</summary>
    public CacheConfiguration? Cache { get; init; }
}
