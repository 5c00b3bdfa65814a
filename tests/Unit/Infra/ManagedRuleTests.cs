using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Checks which changes the template makes to the managed rules of Front Door's firewall, so that the rules do not refuse requests that
/// docs/api.md allows. docs/edge.md ("The managed rules and our own API") states the reason and the source of each change.
/// </summary>
public sealed partial class ManagedRuleTests
{
    /// <summary>
    /// The rule groups of Microsoft_DefaultRuleSet 2.1 with the rules that the template changes. The ids are from
    /// learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs, and the names of the groups from public templates.
    /// </summary>
    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["General"] = [],
        ["METHOD-ENFORCEMENT"] = ["911100"],
        ["PROTOCOL-ENFORCEMENT"] = ["920420", "920440"],
        ["PROTOCOL-ATTACK"] = [],
        ["LFI"] = [],
        ["RFI"] = [],
        ["RCE"] = [],
        ["PHP"] = [],
        ["NODEJS"] = [],
        ["XSS"] = [],
        ["SQLI"] = [],
        ["FIX"] = [],
        ["JAVA"] = [],
        ["MS-ThreatIntel-WebShells"] = [],
        ["MS-ThreatIntel-AppSec"] = [],
        ["MS-ThreatIntel-SQLI"] = [],
        ["MS-ThreatIntel-CVEs"] = [],
    };

    [Fact]
    public void Only_Front_Door_Premium_has_managed_rules()
    {
        Assert.Empty(Policy("dev")["managedRules"]!["managedRuleSets"]!.AsArray());
        Assert.Equal(
            ["Microsoft_DefaultRuleSet 2.1", "Microsoft_BotManagerRuleSet 1.1"],
            Policy("prod")["managedRules"]!["managedRuleSets"]!.AsArray().Select(set => $"{Text(set, "ruleSetType")} {Text(set, "ruleSetVersion")}"));
        Assert.Equal("Block", Text(DefaultRules, "ruleSetAction"));
    }

    [Fact]
    public void Only_opaque_values_are_excluded_from_all_rules() => Assert.Equal(
        [
            "QueryStringArgNames cursor", "QueryStringArgNames s", "RequestCookieNames sid", "RequestHeaderNames Authorization", "RequestHeaderNames Consistency-Token",
            "RequestHeaderNames Idempotency-Key", "RequestHeaderNames If-Match", "RequestHeaderNames If-None-Match",
        ],
        Exclusions(DefaultRules).Order(StringComparer.Ordinal));

    [Theory]
    // The rule compares the host of each value that is a URL with the Host header, so it matches every receiver's URL.
    [InlineData("RFI", "url")]
    [InlineData("SQLI", "description")]
    [InlineData("MS-ThreatIntel-SQLI", "description")]
    [InlineData("XSS", "description")]
    [InlineData("RCE", "description")]
    public void A_member_of_a_webhook_endpoint_is_excluded_from_rules_that_it_can_match(string group, string member) =>
        Assert.Equal([$"RequestBodyJsonArgNames {member}"], Exclusions(Override(group)));

    [Theory]
    // PUT, PATCH and DELETE
    [InlineData("METHOD-ENFORCEMENT", "911100", "Disabled", "Log")]
    // image/jpeg and other images
    [InlineData("PROTOCOL-ENFORCEMENT", "920420", "Disabled", "Log")]
    // /api/cart/lines/mug.db
    [InlineData("PROTOCOL-ENFORCEMENT", "920440", "Enabled", "Log")]
    public void A_rule_that_would_refuse_the_API_does_not_block(string group, string id, string state, string action)
    {
        var rule = Assert.Single(Override(group)["rules"]!.AsArray(), rule => Text(rule, "ruleId") == id)!;

        Assert.Equal((state, action), (Text(rule, "enabledState"), Text(rule, "action")));
    }

    [Fact]
    public void Every_change_names_an_existing_group_and_rule() => Assert.All(DefaultRules["ruleGroupOverrides"]!.AsArray(), group =>
    {
        Assert.True(Groups.TryGetValue(Text(group, "ruleGroupName"), out var rules), Text(group, "ruleGroupName"));
        Assert.Equal(rules, group!["rules"]!.AsArray().Select(rule => Text(rule, "ruleId")));
        Assert.NotEqual(0, group["rules"]!.AsArray().Count + group["exclusions"]!.AsArray().Count);
    });

    [Fact]
    public void A_photograph_skips_the_managed_rules_after_all_other_custom_rules()
    {
        var rules = Policy("prod")["customRules"]!["rules"]!.AsArray();

        var allowed = Assert.Single(rules, rule => Text(rule, "action") == "Allow")!;
        // An Allow action ends the evaluation, so every rule that blocks must have a lower number.
        Assert.Equal(Text(allowed, "name"), Text(rules.MaxBy(rule => rule!["priority"]!.GetValue<int>()), "name"));
        Assert.Equal(
            ["RequestMethod", "RequestUri", "RequestHeader"],
            allowed["matchConditions"]!.AsArray().Select(condition => Text(condition, "matchVariable")));
        Assert.All(allowed["matchConditions"]!.AsArray(), condition => Assert.False(condition!["negateCondition"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData("https://shop.example.com:443/api/images", "image/jpeg", true)]
    [InlineData("/api/images", "image/webp", true)]
    [InlineData("/api/images?q=1", "image/jpeg", false)]
    [InlineData("/api/images/x", "image/jpeg", false)]
    [InlineData("/x/api/images", "image/jpeg", false)]
    [InlineData("/api/images", "application/json", false)]
    [InlineData("/api/images", "image/jpeg, application/json", false)]
    public void Only_the_upload_of_an_image_skips_the_managed_rules(string uri, string type, bool skips)
    {
        var rule = Policy("prod")["customRules"]!["rules"]!.AsArray().Single(rule => Text(rule, "action") == "Allow")!;
        var conditions = rule["matchConditions"]!.AsArray();

        Assert.Equal(["POST"], conditions[0]!["matchValue"]!.AsArray().Select(value => value!.GetValue<string>()));
        Assert.Equal("Content-Type", Text(conditions[2], "selector"));
        Assert.Equal(skips, Matches(conditions[1], uri) && Matches(conditions[2], type));
    }

    [Fact]
    public void The_edge_page_states_the_reason_for_each_change()
    {
        var page = File.ReadAllText(Path.Combine(Installation.Folder, "../docs/edge.md"));
        var section = Section().Match(page).Value;
        var changed = Exclusions(DefaultRules)
            .Concat(DefaultRules["ruleGroupOverrides"]!.AsArray().SelectMany(Exclusions))
            .Select(exclusion => exclusion.Split(' ')[1])
            .Concat(Groups.Values.SelectMany(rules => rules))
            .Append("ImageBodies")
            .Distinct();

        Assert.All(changed, name => Assert.Contains($"`{name}`", section, StringComparison.Ordinal));
    }

    private static JsonNode DefaultRules => Policy("prod")["managedRules"]!["managedRuleSets"]![0]!;

    private static JsonNode Policy(string name) =>
        Assert.Single(Installation.Read(name).Of("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"))["properties"]!;

    private static JsonNode Override(string group) =>
        Assert.Single(DefaultRules["ruleGroupOverrides"]!.AsArray(), item => Text(item, "ruleGroupName") == group)!;

    private static IEnumerable<string> Exclusions(JsonNode? part) => part!["exclusions"]!.AsArray().Select(exclusion =>
    {
        Assert.Equal("Equals", Text(exclusion, "selectorMatchOperator"));
        return $"{Text(exclusion, "matchVariable")} {Text(exclusion, "selector")}";
    });

    private static bool Matches(JsonNode? condition, string value) =>
        condition!["matchValue"]!.AsArray().Any(pattern => Regex.IsMatch(value, pattern!.GetValue<string>(), RegexOptions.NonBacktracking));

    private static string Text(JsonNode? item, string property) => item![property]!.GetValue<string>();

    [GeneratedRegex(@"## The managed rules and our own API\n.*?\n## ", RegexOptions.Singleline)]
    private static partial Regex Section();
}
