using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>Rules that routes execute in ascending <see cref="Rule.Order"/>.</summary>
public sealed record RuleSet
{
    public required string Name { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }
}

/// <summary>Actions that are executed when a request fulfils all conditions.</summary>
public sealed record Rule
{
    public required string Name { get; init; }

    public required int Order { get; init; }

    /// <summary>At most 10. A rule without conditions matches every request.</summary>
    public required IReadOnlyList<RuleCondition> Conditions { get; init; }

    /// <summary>At most 5.</summary>
    public required IReadOnlyList<RuleAction> Actions { get; init; }

    public required MatchProcessingBehavior MatchProcessingBehavior { get; init; }
}

/// <summary>What happens after a rule has matched.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchProcessingBehavior>))]
public enum MatchProcessingBehavior
{
    /// <summary>The next rule is evaluated.</summary>
    Continue,

    /// <summary>No further rule is evaluated, neither of this rule set nor of the route's later ones.</summary>
    Stop,
}
