using ServerlessScale.Edge.Logic;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Topologies;

/// <summary>Tests how the rules in infra/edge-rules.json are divided among the apps in infra/capabilities.json.</summary>
public sealed class DividedRulesTests
{
    private static readonly EdgeRules AllRules = EdgeRulesFile.Read(RulesFile.Path);
    private static readonly IReadOnlyList<AppPlan> AllApps = Apps();

    [Theory]
    [InlineData("/api/orders", "api-orders")]
    [InlineData("/api/orders/o1", "api-orders")]
    [InlineData("/api/order-statuses", "negotiatedLabels-orders")]
    [InlineData("/api/order-statuses/de", "labels-orders")]
    [InlineData("/api/cold-starts", "api-orders")]
    [InlineData("/images/i1/960.webp", "images-images")]
    [InlineData("/api/images", "api-images")]
    [InlineData("/api/images/i1", "api-images")]
    [InlineData("/api/uploads/i1/complete", "api-images")]
    [InlineData("/api/products", "products-catalogue")]
    [InlineData("/api/products/mug", "product-catalogue")]
    [InlineData("/api/cart", "api-cart")]
    [InlineData("/API/Cart/lines/mug", "api-cart")]
    [InlineData("/api/cart/x.css", "api-cart")]
    [InlineData("/api/webhooks/endpoints", "api-webhooks")]
    [InlineData("/.well-known/webhook-keys", "api-webhooks")]
    [InlineData("/api/health/ready", "api-orders")]
    [InlineData("/api/cartography", "api-orders")]
    [InlineData("/", "api-cart")]
    [InlineData("/assets/index-1.js", "assets-cart")]
    [InlineData("/api/page-config", "api-cart")]
    [InlineData("/api/docs", "api-cart")]
    [InlineData("/index.html", "api-orders")]
    public void Divided_rules_route_a_path_to_the_app_with_its_capability(string path, string expected)
    {
        var before = new RouteTable(AllRules.Routes).Find(path)!;
        var divided = DividedRules.Divide(AllRules, AllApps);
        var route = new RouteTable(divided.Routes).Find(path)!;

        Assert.Equal(expected, route.Name);
        Assert.Equal(before.Name, route.Name[..route.Name.LastIndexOf('-')]);
        Assert.Equal(before.RuleSets, route.RuleSets);
        Assert.Equal(before.Cache, route.Cache);
        Assert.Contains(divided.OriginGroups, group => group.Name == route.OriginGroup);
        Assert.EndsWith(route.Name[route.Name.LastIndexOf('-')..], route.OriginGroup, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_app_gets_its_own_copy_of_every_origin_group()
    {
        var divided = DividedRules.Divide(AllRules, AllApps);

        Assert.Equal(["functions-orders", "functions-images", "functions-catalogue", "functions-cart", "functions-webhooks"], divided.OriginGroups.Select(group => group.Name));
        Assert.All(divided.OriginGroups, group => Assert.Equal(AllRules.OriginGroups[0].HealthProbe, group.HealthProbe));
        Assert.Equal(["functions-cart"], DividedRules.GroupsOf(AllRules, AllApps.Single(app => app.Name == "cart")).Select(group => group.Name));
    }

    [Fact]
    public void A_route_below_an_apps_path_belongs_to_that_app()
    {
        var rules = AllRules with { Routes = [.. AllRules.Routes, AllRules.Routes[0] with { Name = "thumbs", PatternsToMatch = ["/images/thumbs/*"] }] };

        var divided = DividedRules.Divide(rules, AllApps).Routes.Where(route => route.Name.StartsWith("thumbs", StringComparison.Ordinal));

        Assert.Equal(["/images/thumbs/*"], Assert.Single(divided).PatternsToMatch);
        Assert.Equal("functions-images", divided.Single().OriginGroup);
    }

    [Fact]
    public void A_rule_that_overrides_the_origin_group_is_rejected()
    {
        var rules = RulesFile.With(
            """{ "name": "ModifyResponseHeader", "parameters": { "headerAction": "Overwrite", "headerName": "Vary", "value": "Accept-Language" } }""",
            """{ "name": "RouteConfigurationOverride", "parameters": { "originGroup": "functions" } }""");

        var refusal = Assert.Throws<LocalCloudException>(() => DividedRules.Divide(rules, AllApps));

        Assert.Contains("rule Negotiated", refusal.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<AppPlan> Apps()
    {
        var capabilities = Capabilities.Load(Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "infra", "capabilities.json"));
        return capabilities.Plan(Topology.Microservices, [.. capabilities.ByName.Values.SelectMany(capability => capability.Functions)]);
    }
}
