using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>A custom rule of the firewall. Rules are looked at by priority, until one allows or blocks.</summary>
public sealed record WafRule
{
    public required string Name { get; init; }

    /// <summary>For people; whoever is refused reads it too, locally.</summary>
    public string? Description { get; init; }

    /// <summary>The lowest comes first; no two are the same.</summary>
    public required int Priority { get; init; }

    public required WafRuleState EnabledState { get; init; }

    public required WafRuleType RuleType { get; init; }

    /// <summary>The length of the fixed window, 1 or 5 minutes; for rate limits.</summary>
    public int RateLimitDurationInMinutes { get; init; }

    /// <summary>How many requests of one socket address are let through in a window; for rate limits.</summary>
    public int RateLimitThreshold { get; init; }

    /// <summary>All of them must hold.</summary>
    public required IReadOnlyList<WafCondition> MatchConditions { get; init; }

    public required WafAction Action { get; init; }
}

public sealed record WafCondition
{
    public required MatchVariable MatchVariable { get; init; }

    /// <summary>The name of the header or cookie.</summary>
    public string? Selector { get; init; }

    public required ConditionOperator Operator { get; init; }

    public bool NegateCondition { get; init; }

    /// <summary>One that matches is enough.</summary>
    public required IReadOnlyList<string> MatchValue { get; init; }

    public IReadOnlyList<ConditionTransform> Transforms { get => field ?? []; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<WafRuleState>))]
public enum WafRuleState
{
    Enabled,
    Disabled,
}

[JsonConverter(typeof(JsonStringEnumConverter<WafRuleType>))]
public enum WafRuleType
{
    MatchRule,
    RateLimitRule,
}

[JsonConverter(typeof(JsonStringEnumConverter<WafAction>))]
public enum WafAction
{
    Allow,
    Block,
    Log,
}
