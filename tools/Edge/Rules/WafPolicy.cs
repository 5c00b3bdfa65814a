using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>The custom rules of Front Door's web application firewall. The firewall examines a request before a route is chosen.</summary>
public sealed record WafPolicy
{
    public required WafMode Mode { get; init; }

    public required IReadOnlyList<WafRule> CustomRules { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<WafMode>))]
public enum WafMode
{
    /// <summary>Requests that match a blocking rule are refused.</summary>
    Prevention,

    /// <summary>Matches are logged, but no request is refused.</summary>
    Detection,
}

/// <summary>A custom rule of the firewall. Rules are evaluated by priority until one allows or blocks the request.</summary>
public sealed record WafRule
{
    public required string Name { get; init; }

    /// <summary>For people. The local edge also shows it to a client whose request the rule refuses.</summary>
    public string? Description { get; init; }

    /// <summary>The rule with the lowest number is evaluated first. No two rules have the same priority.</summary>
    public required int Priority { get; init; }

    public required WafRuleState EnabledState { get; init; }

    public required WafRuleType RuleType { get; init; }

    /// <summary>The length of a rate limit's fixed window: 1 or 5 minutes. Match rules ignore it.</summary>
    public int RateLimitDurationInMinutes { get; init; }

    /// <summary>How many requests a rate limit admits from one socket address in a window. Match rules ignore it.</summary>
    public int RateLimitThreshold { get; init; }

    /// <summary>The rule matches when all conditions hold.</summary>
    public required IReadOnlyList<WafCondition> MatchConditions { get; init; }

    public required WafAction Action { get; init; }
}

/// <summary>A condition of a firewall rule.</summary>
public sealed record WafCondition
{
    public required MatchVariable MatchVariable { get; init; }

    /// <summary>The name of the header or cookie to compare.</summary>
    public string? Selector { get; init; }

    public required ConditionOperator Operator { get; init; }

    public bool NegateCondition { get; init; }

    /// <summary>The condition holds when at least one of these values matches.</summary>
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
