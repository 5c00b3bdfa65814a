using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>
/// The custom rules of Front Door's web application firewall. The firewall examines a request before the route is selected.
/// </summary>
public sealed record WafPolicy
{
    public required WafMode Mode { get; init; }

    public required IReadOnlyList<WafRule> CustomRules { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<WafMode>))]
public enum WafMode
{
    /// <summary>Refuses requests that match a rule whose action is <see cref="WafAction.Block"/>.</summary>
    Prevention,

    /// <summary>Logs matches, but refuses no requests.</summary>
    Detection,
}

/// <summary>A custom rule of the firewall. Rules are evaluated in order of priority until a rule allows or blocks the request.</summary>
public sealed record WafRule
{
    public required string Name { get; init; }

    /// <summary>
    /// A description for readers of the file. The local edge also includes it in the response when the rule refuses a request.
    /// </summary>
    public string? Description { get; init; }

    /// <summary>
    /// The rule's position in the order of evaluation. The rule with the lowest number is evaluated first, and no two rules have the same
    /// number.
    /// </summary>
    public required int Priority { get; init; }

    public required WafRuleState EnabledState { get; init; }

    public required WafRuleType RuleType { get; init; }

    /// <summary>The length of the rate limit's fixed time window, either 1 or 5 minutes. Match rules ignore this setting.</summary>
    public int RateLimitDurationInMinutes { get; init; }

    /// <summary>
    /// The number of requests that a rate limit rule allows per socket address and time window. Match rules ignore this setting.
    /// </summary>
    public int RateLimitThreshold { get; init; }

    /// <summary>The conditions, which must all be true for the rule to match.</summary>
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

    /// <summary>The values to compare with. The condition is true if at least one of them matches.</summary>
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
