using System.Globalization;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Edge.Rules;

/// <summary>Tests the parser and the validation of the rules file.</summary>
public sealed class EdgeRulesTests
{
    [Fact]
    public void The_edge_rules_file_is_valid()
    {
        var rules = EdgeRulesFile.Read(RulesFile.Path);

        Assert.Equal(TimeSpan.FromSeconds(230), rules.OriginResponseTimeout);
        var group = Assert.Single(rules.OriginGroups);
        Assert.Equal(BalancingPolicy.LeastConnections, group.LoadBalancing.Policy);
        Assert.Equal("/api/health/ready", group.HealthProbe.Path);
        Assert.Equal(50, Assert.Single(group.Origins).Weight);
        Assert.Equal(CacheBehavior.HonorOrigin, rules.Routes.Single(route => route.Name == "images").Cache!.CacheBehavior);
        Assert.Null(rules.Routes.Single(route => route.Name == "api").Cache);
        var german = rules.RuleSets.Single(set => set.Name == "Locale").Rules.Single(rule => rule.Name == "German");
        Assert.Equal(MatchVariable.RequestHeader, Assert.Single(german.Conditions).Name);
        Assert.Equal("/api/order-statuses/de", Assert.IsType<UrlRewrite>(Assert.Single(german.Actions)).Parameters.Destination);
        Assert.Equal(["POST", "PUT", "PATCH", "DELETE"], rules.Waf.CustomRules[0].MatchConditions[0].MatchValue);
    }

    [Fact]
    public void A_duration_can_include_days()
    {
        var rules = RulesFile.With(
            "\"cacheBehavior\": \"HonorOrigin\"", "\"cacheBehavior\": \"OverrideAlways\", \"cacheDuration\": \"7.12:30:00\"");

        Assert.Equal(new TimeSpan(7, 12, 30, 0), rules.Routes[0].Cache!.CacheDuration);
    }

    [Theory]
    // The JSON schema detects these mistakes.
    [InlineData("\"HonorOrigin\"", "\"HonourOrigin\"", "allowed: HonorOrigin, OverrideAlways, OverrideIfOriginMissing")]
    [InlineData("\"policy\": \"leastConnections\"", "\"policy\": \"random\"", "allowed: roundRobin, weightedRoundRobin, leastConnections, weightedLeastConnections, powerOfTwoChoices")]
    [InlineData("\"ruleSets\": [\"Security\"]", "\"rulesets\": [\"Security\"]", "allowed: name, description, patternsToMatch, originGroup, ruleSets, cache")]
    [InlineData("\"sampleSize\": 4", "\"sampleSize\": 0", "1")]
    // Front Door allows 16 to 240 seconds (learn.microsoft.com/azure/templates/microsoft.cdn/profiles).
    [InlineData("\"originResponseTimeoutSeconds\": 230", "\"originResponseTimeoutSeconds\": 15", "16")]
    [InlineData("\"originResponseTimeoutSeconds\": 230", "\"originResponseTimeoutSeconds\": 241", "240")]
    [InlineData("\"weight\": 50", "\"weight\": 1001", "1000")]
    [InlineData("\"priority\": 1, \"enabled\"", "\"priority\": 6, \"enabled\"", "5")]
    [InlineData("\"name\": \"ModifyResponseHeader\"", "\"name\": \"SetHeader\"", "allowed: ModifyRequestHeader, ModifyResponseHeader, UrlRewrite, UrlRedirect, RouteConfigurationOverride")]
    [InlineData("{ \"name\": \"RequestScheme\"", "{ \"name\": \"RequestBody\"", "allowed: RequestMethod, RequestScheme")]
    [InlineData("\"matchValues\": [\"HTTPS\"]", "\"matchValues\": [\"FTP\"]", "allowed: HTTP, HTTPS")]
    [InlineData("\"selector\": \"Accept-Language\", \"operator\": \"BeginsWith\"", "\"operator\": \"BeginsWith\"", "selector")]
    [InlineData("\"operator\": \"BeginsWith\", \"matchValues\": [\"de\"]", "\"operator\": \"StartsWith\", \"matchValues\": [\"de\"]", "allowed: Any, Equal, Contains, BeginsWith")]
    [InlineData("\"/images/*\"", "\"images/*\"", "An exact path, or a prefix that ends with /*")]
    [InlineData("\"cacheBehavior\": \"HonorOrigin\"", "\"cacheBehavior\": \"OverrideAlways\"", "cacheDuration")]
    [InlineData("\"IgnoreQueryString\"", "\"IncludeSpecifiedQueryStrings\"", "queryParameters")]
    [InlineData("\"rateLimitThreshold\": 20000,", "", "rateLimitThreshold")]
    [InlineData("\"name\": \"functions\",", "\"name\": \"my functions\",", "Letters and digits")]
    // A JSON schema cannot detect these mistakes.
    [InlineData("\"originGroup\": \"functions\"", "\"originGroup\": \"function\"", "there is no origin group 'function'; the file defines functions")]
    [InlineData("\"ruleSets\": [\"Security\"]", "\"ruleSets\": [\"Safety\"]", "there is no rule set 'Safety'; the file defines Security, Locale, Experiment")]
    [InlineData("\"successfulSamplesRequired\": 2", "\"successfulSamplesRequired\": 5", "at most sampleSize")]
    [InlineData("\"/images/*\"", "\"/images*\"", "the wildcard must follow a slash")]
    [InlineData("\"name\": \"labels\"", "\"name\": \"Images\"", "another route has this name")]
    [InlineData("\"order\": 4", "\"order\": 3", "another rule has order 3")]
    [InlineData("\"priority\": 20", "\"priority\": 10", "another rule has priority 10")]
    [InlineData("\"^[0-9]*[01][0-9]$\"", "\"^(?=1)[0-9]$\"", "uses a lookaround")]
    [InlineData("\"^[0-9]*[01][0-9]$\"", "\"^[0-9\"", "not a regular expression")]
    [InlineData("\"DE\", \"AT\", \"LI\"", "\"Germany\"", "country code")]
    [InlineData("\"value\": \"no-referrer\"", "\"value\": \"{client}\"", "allowed: client_ip, client_port, geo_country")]
    public void The_error_for_an_invalid_value_states_line_and_allowed_values(string old, string @new, string allowed)
    {
        var (message, line) = RulesFile.RefusalOf(old, @new);

        Assert.Contains(allowed, message, StringComparison.Ordinal);

        // If a member is missing, the message states the first line of the enclosing object, which is a few lines above the change.
        var reported = int.Parse(message[(RulesFile.Name.Length + 1)..message.IndexOf(')', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        Assert.InRange(reported, line - 7, line);
    }

    [Fact]
    public void The_error_message_begins_with_the_line_number_of_the_value()
    {
        var (message, line) = RulesFile.RefusalOf("\"HonorOrigin\"", "\"HonourOrigin\"");

        Assert.StartsWith($"{RulesFile.Name}({line}): /routes/0/cache/cacheBehavior: \"HonourOrigin\" is not known", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_with_eleven_conditions_is_rejected()
    {
        const string Condition = "{ \"name\": \"ClientPort\", \"parameters\": { \"operator\": \"Equal\", \"matchValues\": [\"1\"] } }";

        var (message, line) = RulesFile.RefusalOf("\"conditions\": []", $"\"conditions\": [{string.Join(',', Enumerable.Repeat(Condition, 11))}]");

        Assert.StartsWith($"{RulesFile.Name}({line}): ", message, StringComparison.Ordinal);
        Assert.Contains("10", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_with_more_than_five_actions_is_rejected()
    {
        const string Action = "{ \"name\": \"ModifyResponseHeader\", \"parameters\": { \"headerAction\": \"Delete\", \"headerName\": \"Server\" } },";

        var (message, _) = RulesFile.RefusalOf("\"actions\": [", $"\"actions\": [{Action}{Action}{Action}");

        Assert.Contains("5", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_duplicate_JSON_member_is_rejected()
    {
        var (message, _) = RulesFile.RefusalOf("\"sampleSize\": 4,", "\"sampleSize\": 4, \"sampleSize\": 5,");

        Assert.StartsWith($"{RulesFile.Name}: ", message, StringComparison.Ordinal);
        Assert.Contains("sampleSize", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_for_invalid_JSON_states_the_line_number()
    {
        var (message, line) = RulesFile.RefusalOf("\"sampleSize\": 4,", "\"sampleSize\": 4");

        Assert.Contains("not valid JSON", message, StringComparison.Ordinal);
        Assert.StartsWith($"{RulesFile.Name}({line + 1})", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_rules_file_is_named_in_the_message()
    {
        var refusal = Assert.Throws<EdgeRulesException>(() => EdgeRulesFile.Read("no-such-rules.json"));

        Assert.Contains("no-such-rules.json", refusal.Message, StringComparison.Ordinal);
    }
}
