using ServerlessScale.Local.Edge.Rules.Reading;

namespace ServerlessScale.Local.Edge.Rules;

/// <summary>What the edge does with requests: infra/edge-rules.json, in the words of Azure Front Door, which is deployed from the same file.</summary>
internal sealed record EdgeRules
{
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public required IReadOnlyList<RuleSet> RuleSets { get; init; }

    public required WafPolicy Waf { get; init; }

    /// <summary>Reads and checks a rules file.</summary>
    /// <exception cref="LocalCloudException">It cannot be read, or something in it is wrong: the message names file and line, and says what is allowed.</exception>
    public static EdgeRules Load(string path) => EdgeRulesFile.Read(path);
}
