using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>A named set of rules, which are executed in ascending <see cref="Rule.Order"/>.</summary>
public sealed record RuleSet
{
    public required string Name { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }
}

/// <summary>A rule. Its actions are executed if a request fulfils all conditions.</summary>
public sealed record Rule
{
    public required string Name { get; init; }

    public required int Order { get; init; }

    /// <summary>At most 10 conditions. A rule without conditions matches every request.</summary>
    public required IReadOnlyList<RuleCondition> Conditions { get; init; }

    /// <summary>At most 5 actions.</summary>
    public required IReadOnlyList<RuleAction> Actions { get; init; }

    public required MatchProcessingBehavior MatchProcessingBehavior { get; init; }
}

/// <summary>Determines whether further rules are evaluated after a rule has matched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchProcessingBehavior>))]
public enum MatchProcessingBehavior
{
    /// <summary>Continues with the next rule.</summary>
    Continue,

    /// <summary>Skips all further rules of this rule set and of the route's later rule sets.</summary>
    Stop,
}
