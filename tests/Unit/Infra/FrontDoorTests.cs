using System.Text.Json.Nodes;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Compares Front Door's configuration in the compiled template with edge-rules.json. LocalCloud's edge reads the same file, so Front Door
/// and LocalCloud make the same decisions.
/// </summary>
public sealed class FrontDoorTests
{
    private static readonly JsonObject File = WithoutDescriptions(JsonNode.Parse(Installation.Text("edge-rules.json"))!).AsObject();

    public static TheoryData<string> Installations => Installation.All;

    [Theory, MemberData(nameof(Installations))]
    public void Every_deployed_edge_rule_equals_the_rule_in_edge_rules_json(string name)
    {
        AssertSame(File["ruleSets"]!, Edge(name).RuleSets);
    }

    [Theory, MemberData(nameof(Installations))]
    public void The_deployed_firewall_equals_the_firewall_in_edge_rules_json(string name)
    {
        AssertSame(File["waf"]!, Edge(name).Firewall);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_condition_and_action_has_a_known_type(string name)
    {
        // The names come from https://learn.microsoft.com/azure/templates/microsoft.cdn/profiles/rulesets/rules.
        string[] known =
        [
            "DeliveryRuleClientPortConditionParameters", "DeliveryRuleCookiesConditionParameters", "DeliveryRuleHostNameConditionParameters",
            "DeliveryRuleHttpVersionConditionParameters", "DeliveryRuleQueryStringConditionParameters",
            "DeliveryRuleRemoteAddressConditionParameters", "DeliveryRuleRequestHeaderConditionParameters",
            "DeliveryRuleRequestMethodConditionParameters", "DeliveryRuleRequestSchemeConditionParameters",
            "DeliveryRuleRequestUriConditionParameters", "DeliveryRuleSocketAddrConditionParameters",
            "DeliveryRuleUrlFileExtensionMatchConditionParameters", "DeliveryRuleUrlFilenameConditionParameters",
            "DeliveryRuleUrlPathMatchConditionParameters", "DeliveryRuleHeaderActionParameters", "DeliveryRuleUrlRedirectActionParameters",
            "DeliveryRuleUrlRewriteActionParameters", "DeliveryRuleRouteConfigurationOverrideActionParameters",
        ];

        Assert.NotEmpty(Edge(name).Types);
        Assert.All(Edge(name).Types, part => Assert.Contains(part.TypeName, known));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_origin_group_has_the_settings_in_edge_rules_json(string name)
    {
        var edge = Edge(name);

        Assert.Equal(
            edge.Routes.Select(route => route.App).Distinct().SelectMany(app => Items("originGroups").Select(group => $"{Text(group, "name")}-{app}")).Order(),
            edge.OriginGroups.Keys.Order());
        Assert.All(edge.OriginGroups, compiled =>
        {
            var group = Items("originGroups").Single(group => compiled.Key.StartsWith(Text(group, "name") + "-", StringComparison.Ordinal)).DeepClone().AsObject();
            group.Remove("name");
            group["loadBalancing"]!.AsObject().Remove("policy"); // Only LocalCloud reads the policy.
            if (compiled.Value["healthProbe"] is { } probe)
            {
                // The parameter file sets the probe interval because Azure charges for probe requests.
                group["healthProbe"]!["intervalInSeconds"] = probe["intervalInSeconds"]!.DeepClone();
            }
            else
            {
                Assert.Single(compiled.Value["origins"]!.AsArray());
                group["healthProbe"] = null;
            }

            AssertSame(group, compiled.Value);
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void Only_always_warm_apps_have_health_probes_and_an_alert(string name)
    {
        // Front Door probes from all its locations, so its probes would prevent an app from scaling to zero.
        var installation = Installation.Read(name);
        var areWarm = installation.Of("Microsoft.Web/sites")
            .All(app => app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["alwaysReady"]!.AsArray().Count > 0);
        var alerts = installation.Of("Microsoft.Insights/metricAlerts").Count(alert => alert["name"]!.GetValue<string>().EndsWith("-probes", StringComparison.Ordinal));

        Assert.All(Edge(name).OriginGroups.Values, group => Assert.Equal(areWarm, group["healthProbe"] is not null));
        Assert.Equal(areWarm ? 1 : 0, alerts);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_route_has_the_rules_and_cache_in_edge_rules_json(string name)
    {
        Assert.All(Edge(name).Routes, route =>
        {
            var file = Items("routes").Single(item => Text(item, "name") == route.Name);
            Assert.Equal($"{Text(file, "originGroup")}-{route.App}", route.OriginGroup);
            Assert.Equal(file["ruleSets"]!.AsArray().Select(set => set!.GetValue<string>()), route.RuleSets);
            Assert.Equal(file["cache"] is null, route.Cache is null);
            if (file["cache"] is { } cache)
            {
                Assert.Equal(Text(cache, "queryStringCachingBehavior"), Text(route.Cache!, "queryStringCachingBehavior"));
                AssertSame(cache["isCompressionEnabled"]!, route.Cache!["compressionSettings"]!["isCompressionEnabled"]!);
                AssertSame(cache["contentTypesToCompress"] ?? new JsonArray(), route.Cache!["compressionSettings"]!["contentTypesToCompress"]!);
            }
        });
    }

    [Theory]
    [InlineData("dev", "/images/a/960.webp", "images", "shop")]
    [InlineData("dev", "/api/orders/o1", "api", "shop")]
    [InlineData("dev", "/api/order-statuses/de", "labels", "shop")]
    [InlineData("dev", "/nothing", "api", "shop")]
    [InlineData("prod", "/images/a/960.webp", "images", "images")]
    [InlineData("prod", "/api/images", "api", "images")]
    [InlineData("prod", "/api/uploads/u/complete", "api", "images")]
    [InlineData("prod", "/api/orders", "api", "orders")]
    [InlineData("prod", "/api/order-statuses", "negotiatedLabels", "orders")]
    [InlineData("prod", "/api/order-statuses/de", "labels", "orders")]
    [InlineData("prod", "/api/products", "products", "catalogue")]
    [InlineData("prod", "/api/products/sku", "product", "catalogue")]
    [InlineData("prod", "/api/cart/lines/sku", "api", "cart")]
    [InlineData("prod", "/api/webhooks/endpoints", "api", "webhooks")]
    [InlineData("prod", "/.well-known/webhook-keys", "api", "webhooks")]
    [InlineData("prod", "/api/cold-starts", "api", "orders")]
    [InlineData("prod", "/api/health/ready", "api", "orders")]
    [InlineData("prod", "/nothing", "api", "orders")]
    public void A_path_matches_the_expected_route_and_app(string installation, string path, string route, string app)
    {
        // Front Door prefers an exact pattern. If there is none, Front Door chooses the longest matching pattern that ends with /*.
        var (chosen, _) = Edge(installation).Routes
            .SelectMany(candidate => candidate.Paths.Select(pattern => (candidate, pattern)))
            .Where(match => match.pattern == path || (match.pattern.EndsWith("/*", StringComparison.Ordinal) && path.StartsWith(match.pattern[..^1], StringComparison.Ordinal)))
            .MaxBy(match => (match.pattern == path, match.pattern.Length));

        Assert.Equal((route, app), (chosen.Name, chosen.App));
    }

    [Theory, MemberData(nameof(Installations))]
    public void No_two_routes_have_the_same_pattern(string name)
    {
        var patterns = Edge(name).Routes.SelectMany(route => route.Paths).ToArray();

        Assert.Equal(patterns.Distinct(), patterns);
    }

    [Fact]
    public void Rules_are_within_the_limits_of_Front_Door()
    {
        // Front Door allows 100 rules per set, 10 conditions and 5 actions per rule, and 640 characters per header. The limits come from
        // https://learn.microsoft.com/azure/frontdoor/front-door-rules-engine and from the subscription limits.
        Assert.All(Items("ruleSets"), set => Assert.InRange(set["rules"]!.AsArray().Count, 1, 100));
        Assert.All(Items("ruleSets").SelectMany(set => set["rules"]!.AsArray()), rule =>
        {
            Assert.InRange(rule!["conditions"]!.AsArray().Count, 0, 10);
            Assert.InRange(rule["actions"]!.AsArray().Count, 1, 5);
            Assert.All(rule["actions"]!.AsArray(), action => Assert.InRange(((string?)action!["parameters"]!["value"] ?? "").Length, 0, 640));
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void Firewall_and_routes_are_within_the_limits_of_Front_Door(string name)
    {
        // The subscription limits allow 100 rules, 10 conditions per rule, 10 values per condition, 256 characters per value, a body of 2
        // KB and 25 paths per route.
        var policy = Assert.Single(Installation.Read(name).Of("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"))["properties"]!;
        var body = Convert.FromBase64String(policy["policySettings"]!["customBlockResponseBody"]!.GetValue<string>());
        Assert.InRange(body.Length, 1, 2048);
        Assert.InRange(policy["customRules"]!["rules"]!.AsArray().Count, 1, 100);
        Assert.All(policy["customRules"]!["rules"]!.AsArray(), rule =>
        {
            Assert.InRange(rule!["matchConditions"]!.AsArray().Count, 1, 10);
            Assert.All(rule["matchConditions"]!.AsArray(), condition =>
            {
                Assert.InRange(condition!["matchValue"]!.AsArray().Count, 1, 10);
                Assert.All(condition["matchValue"]!.AsArray(), value => Assert.InRange(value!.GetValue<string>().Length, 1, 256));
            });
        });
        Assert.All(Edge(name).Routes, route => Assert.InRange(route.Paths.Count, 1, 25));
    }

    private static CompiledEdge Edge(string name) => new(Installation.Read(name));

    private static IEnumerable<JsonObject> Items(string list) => File[list]!.AsArray().Select(item => item!.AsObject());

    private static string Text(JsonNode item, string property) => item[property]!.GetValue<string>();

    private static void AssertSame(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected {expected.ToJsonString()}\nbut got {actual.ToJsonString()}");

    /// <summary>Removes the descriptions because they are not deployed.</summary>
    private static JsonNode WithoutDescriptions(JsonNode node)
    {
        switch (node)
        {
            case JsonObject item:
                item.Remove("description");
                foreach (var property in item)
                {
                    WithoutDescriptions(property.Value!);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    WithoutDescriptions(item!);
                }

                break;
        }

        return node;
    }
}
