using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>One line of the decision table: where every condition holds, the actions are done.</summary>
public sealed record Rule
{
    public required string Name { get; init; }

    public required int Order { get; init; }

    /// <summary>At most 10; none holds for every request.</summary>
    public required IReadOnlyList<RuleCondition> Conditions { get; init; }

    /// <summary>At most 5.</summary>
    public required IReadOnlyList<RuleAction> Actions { get; init; }

    public required MatchProcessingBehavior MatchProcessingBehavior { get; init; }
}

/// <summary>Whether the rules behind one that matched are looked at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MatchProcessingBehavior>))]
public enum MatchProcessingBehavior
{
    Continue,
    Stop,
}
