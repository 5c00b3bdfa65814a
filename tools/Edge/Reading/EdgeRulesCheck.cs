using System.Net;
using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Reading;

/// <summary>
/// Checks the constraints that a JSON schema cannot express. Names must be unique, and references must name an existing object. Regular
/// expressions, addresses, country codes and server variables must be valid.
/// </summary>
internal static class EdgeRulesCheck
{
    private static readonly TimeSpan LongestCacheDuration = TimeSpan.FromDays(366);

    public static IEnumerable<RuleFault> FaultsOf(EdgeRules rules) =>
    [
        .. Repeated("/originGroups", "origin group", rules.OriginGroups.Select(group => group.Name)),
        .. Repeated("/routes", "route", rules.Routes.Select(route => route.Name)),
        .. Repeated("/ruleSets", "rule set", rules.RuleSets.Select(set => set.Name)),
        .. rules.OriginGroups.SelectMany((group, index) => OriginGroupFaults(group, $"/originGroups/{index}")),
        .. RouteFaults(rules),
        .. rules.RuleSets.SelectMany((set, index) => RuleSetFaults(set, $"/ruleSets/{index}", rules)),
        .. WafFaults(rules.Waf),
    ];

    private static IEnumerable<RuleFault> OriginGroupFaults(OriginGroup group, string at)
    {
        if (group.LoadBalancing.SuccessfulSamplesRequired > group.LoadBalancing.SampleSize)
        {
            yield return new($"{at}/loadBalancing/successfulSamplesRequired", "the value must be at most sampleSize; otherwise no origin would ever be healthy.");
        }

        foreach (var fault in Repeated($"{at}/origins", "origin", group.Origins.Select(origin => origin.Name)))
        {
            yield return fault;
        }
    }

    private static IEnumerable<RuleFault> RouteFaults(EdgeRules rules)
    {
        var patterns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < rules.Routes.Count; index++)
        {
            var route = rules.Routes[index];
            var at = $"/routes/{index}";
            for (var place = 0; place < route.PatternsToMatch.Count; place++)
            {
                var pattern = route.PatternsToMatch[place];
                if (pattern.EndsWith('*') && !pattern.EndsWith("/*", StringComparison.Ordinal))
                {
                    yield return new($"{at}/patternsToMatch/{place}", $"'{pattern}' is not allowed: the wildcard must follow a slash, as in '/images/*'.");
                }

                if (!patterns.Add(pattern))
                {
                    yield return new($"{at}/patternsToMatch/{place}", $"'{pattern}' belongs to another route; patterns are compared without regard to case.");
                }
            }

            foreach (var fault in Unknown($"{at}/originGroup", "origin group", route.OriginGroup, OriginGroupNames(rules)))
            {
                yield return fault;
            }

            for (var place = 0; place < route.RuleSets.Count; place++)
            {
                foreach (var fault in Unknown($"{at}/ruleSets/{place}", "rule set", route.RuleSets[place], rules.RuleSets.Select(set => set.Name)))
                {
                    yield return fault;
                }
            }

            foreach (var fault in CacheFaults(route.Cache, $"{at}/cache"))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<RuleFault> RuleSetFaults(RuleSet set, string at, EdgeRules rules)
    {
        foreach (var fault in Repeated($"{at}/rules", "rule", set.Rules.Select(rule => rule.Name))
            .Concat(RepeatedNumber($"{at}/rules", "order", set.Rules.Select(rule => rule.Order))))
        {
            yield return fault;
        }

        for (var index = 0; index < set.Rules.Count; index++)
        {
            var rule = set.Rules[index];
            foreach (var fault in rule.Conditions.SelectMany((condition, place) => ConditionFaults(
                $"{at}/rules/{index}/conditions/{place}/parameters", "matchValues", condition.Name, condition.Parameters.Operator, condition.Parameters.MatchValues)))
            {
                yield return fault;
            }

            foreach (var fault in rule.Actions.SelectMany((action, place) => ActionFaults(
                action, $"{at}/rules/{index}/actions/{place}/parameters", rules)))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<RuleFault> WafFaults(WafPolicy waf) =>
    [
        .. Repeated("/waf/customRules", "rule", waf.CustomRules.Select(rule => rule.Name)),
        .. RepeatedNumber("/waf/customRules", "priority", waf.CustomRules.Select(rule => rule.Priority)),
        .. waf.CustomRules.SelectMany((rule, index) => rule.MatchConditions.SelectMany((condition, place) => ConditionFaults(
            $"/waf/customRules/{index}/matchConditions/{place}", "matchValue", condition.MatchVariable, condition.Operator, condition.MatchValue))),
    ];

    private static IEnumerable<RuleFault> ConditionFaults(
        string at, string valuesName, MatchVariable variable, ConditionOperator @operator, IReadOnlyList<string> values)
    {
        var isAddress = variable is MatchVariable.RemoteAddress or MatchVariable.RemoteAddr or MatchVariable.SocketAddr;
        var comparesAddresses = @operator is ConditionOperator.IPMatch or ConditionOperator.GeoMatch;
        if (isAddress != comparesAddresses || (variable == MatchVariable.SocketAddr && @operator == ConditionOperator.GeoMatch))
        {
            yield return new($"{at}/operator", variable switch
            {
                MatchVariable.SocketAddr => "an address can only be compared with IPMatch.",
                MatchVariable.RemoteAddress or MatchVariable.RemoteAddr => "an address can only be compared with IPMatch or GeoMatch.",
                _ => $"{@operator} compares addresses, and {variable} is not an address.",
            });
            yield break;
        }

        if (values.Count == 0 && @operator != ConditionOperator.Any)
        {
            yield return new(at, $"{valuesName} is missing; only the operator Any needs no values.");
        }

        for (var place = 0; place < values.Count; place++)
        {
            if (ValueFault(@operator, values[place]) is { } message)
            {
                yield return new($"{at}/{valuesName}/{place}", message);
            }
        }
    }

    private static string? ValueFault(ConditionOperator @operator, string value) => @operator switch
    {
        ConditionOperator.RegEx => EdgeRegex.FaultOf(value),
        ConditionOperator.IPMatch when !IPNetwork.TryParse(value, out _) && !IPAddress.TryParse(value, out _) =>
            $"'{value}' is neither an IP address nor an address block such as 10.0.0.0/8.",
        ConditionOperator.GeoMatch when value.Length != 2 || !value.All(char.IsAsciiLetterUpper) =>
            $"'{value}' is not a country code; use two capital letters (ISO 3166-1), or ZZ for an unknown country.",
        ConditionOperator.LessThan or ConditionOperator.LessThanOrEqual or ConditionOperator.GreaterThan or ConditionOperator.GreaterThanOrEqual
            when !int.TryParse(value, out var length) || length < 0 => $"'{value}' is not a number; the operator compares the length of the value.",
        _ => null,
    };

    private static IEnumerable<RuleFault> ActionFaults(RuleAction action, string at, EdgeRules rules) => action switch
    {
        ModifyRequestHeader request => VariableFaults($"{at}/value", request.Parameters.Value, ServerVariables.Names),
        ModifyResponseHeader response => VariableFaults($"{at}/value", response.Parameters.Value, ServerVariables.Names),
        UrlRewrite rewrite => VariableFaults($"{at}/destination", rewrite.Parameters.Destination, ServerVariables.Names),
        UrlRedirect { Parameters: var redirect } =>
        [
            .. VariableFaults($"{at}/customHostname", redirect.CustomHostname, ServerVariables.Names),
            .. VariableFaults($"{at}/customPath", redirect.CustomPath, ServerVariables.Names),
            .. VariableFaults($"{at}/customQueryString", redirect.CustomQueryString, ServerVariables.Names),
        ],
        RouteConfigurationOverride { Parameters: var @override } =>
        [
            .. @override.OriginGroup is { } group ? Unknown($"{at}/originGroup", "origin group", group, OriginGroupNames(rules)) : [],
            .. CacheFaults(@override.CacheConfiguration, $"{at}/cacheConfiguration"),
        ],
        _ => [],
    };

    private static IEnumerable<RuleFault> VariableFaults(string at, string? text, IReadOnlyCollection<string> known) =>
        from name in ServerVariables.NamesIn(text ?? "")
        where !ServerVariables.IsKnown(name)
        select new RuleFault(at, $"the server variable {{{name}}} is not known; allowed: {string.Join(", ", known)} and http_req_header_<name>.");

    private static IEnumerable<RuleFault> CacheFaults(CacheConfiguration? cache, string at)
    {
        if (cache?.CacheDuration > LongestCacheDuration)
        {
            yield return new($"{at}/cacheDuration", "the duration must be at most 366 days.");
        }
    }

    private static IEnumerable<string> OriginGroupNames(EdgeRules rules) => rules.OriginGroups.Select(group => group.Name);

    private static IEnumerable<RuleFault> Unknown(string at, string what, string name, IEnumerable<string> known) =>
        known.Contains(name, StringComparer.Ordinal) ? [] : [new(at, $"there is no {what} '{name}'; the file defines {string.Join(", ", known)}.")];

    private static IEnumerable<RuleFault> Repeated(string at, string what, IEnumerable<string> names) =>
        from named in names.Select((name, index) => (Name: name, Index: index))
        group named.Index by named.Name.ToUpperInvariant() into same
        from again in same.Skip(1)
        select new RuleFault($"{at}/{again}/name", $"another {what} has this name; names are compared without regard to case.");

    private static IEnumerable<RuleFault> RepeatedNumber(string at, string member, IEnumerable<int> numbers) =>
        from numbered in numbers.Select((number, index) => (Number: number, Index: index))
        group numbered.Index by numbered.Number into same
        from again in same.Skip(1)
        select new RuleFault($"{at}/{again}/{member}", $"another rule has {member} {same.Key}.");
}
