using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Evaluates the custom rules of Front Door's web application firewall in order of priority, until a rule allows or blocks the request.
/// Front Door's managed rule sets are not available locally.
/// </summary>
internal sealed class Firewall(WafPolicy policy, TimeProvider time)
{
    private readonly Entry[] _rules =
    [
        .. from rule in policy.CustomRules
           where rule.EnabledState == WafRuleState.Enabled
           orderby rule.Priority
           select new Entry(
               rule, [.. rule.MatchConditions.Select(condition => new Condition(condition))],
               rule.RuleType == WafRuleType.RateLimitRule
                   ? new RateLimit(rule.RateLimitThreshold, TimeSpan.FromMinutes(rule.RateLimitDurationInMinutes), time)
                   : null),
    ];

    /// <summary>Called for each matching rule, before the rule's action takes effect.</summary>
    public Action<WafRule>? Matched { get; init; }

    /// <returns>The refusal of the request; null if the request is allowed.</returns>
    public Refusal? Examine(EdgeRequest request)
    {
        foreach (var entry in _rules)
        {
            if (!entry.Conditions.All(condition => condition.Holds(request)))
            {
                continue;
            }

            var remaining = TimeSpan.Zero;
            if (entry.Limit is { } limit && limit.Admits(request.SocketAddress, out remaining))
            {
                continue;
            }

            Matched?.Invoke(entry.Rule);
            switch (entry.Rule.Action)
            {
                case WafAction.Allow:
                    return null;
                case WafAction.Block when policy.Mode == WafMode.Prevention:
                    return new(entry.Rule, entry.Limit is null ? null : remaining);
            }
        }

        return null;
    }

    /// <param name="Rule">The rule that refuses the request.</param>
    /// <param name="RetryAfter">The time until the rate limit's current window ends; null for a match rule.</param>
    internal sealed record Refusal(WafRule Rule, TimeSpan? RetryAfter);

    private sealed record Entry(WafRule Rule, Condition[] Conditions, RateLimit? Limit);
}
