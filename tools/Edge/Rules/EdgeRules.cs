namespace ServerlessScale.Edge.Rules;

/// <summary>What the edge does with requests: infra/edge-rules.json, in the words of Azure Front Door, which is deployed from the same file.</summary>
public sealed record EdgeRules
{
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public required IReadOnlyList<RuleSet> RuleSets { get; init; }

    public required WafPolicy Waf { get; init; }
}
