using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Checks what users expect of a production installation: zones, a domain, a budget, locks, tags, and an approval. docs/operations.md ("What
/// an installation contains besides the shop") lists the sources.
/// </summary>
public sealed partial class ProductionTests
{
    /// <summary>
    /// Types without tags (learn.microsoft.com/azure/azure-resource-manager/management/tag-support). Children of another resource are
    /// recognized by their names.
    /// </summary>
    private static readonly string[] WithoutTags =
    [
        "Microsoft.Authorization/", "Microsoft.Insights/diagnosticSettings", "Microsoft.Consumption/budgets",
    ];

    public static TheoryData<string> Installations => Installation.All;

    [Fact]
    public void Production_apps_are_spread_over_zones_with_zone_redundant_storage()
    {
        var installation = Installation.Read("prod");

        Assert.All(installation.Of("Microsoft.Web/serverfarms"), plan => Assert.True(plan["properties"]!["zoneRedundant"]!.GetValue<bool>()));
        // Azure allows no smaller number than two where the plan is zone-redundant.
        Assert.All(installation.Of("Microsoft.Web/sites"), app => Assert.All(
            app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!["alwaysReady"]!.AsArray(),
            ready => Assert.InRange(ready!["instanceCount"]!.GetValue<int>(), 2, 1000)));
        Assert.All(installation.Of("Microsoft.Storage/storageAccounts"), account => Assert.Equal("Standard_ZRS", account["sku"]!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void Development_does_not_pay_for_zones() => Assert.All(
        Installation.Read("dev").Of("Microsoft.Web/serverfarms"), plan => Assert.False(plan["properties"]!["zoneRedundant"]!.GetValue<bool>()));

    [Fact]
    public void The_custom_domain_has_a_managed_certificate_and_the_firewall()
    {
        var installation = Installation.Read("prod");
        var domain = Assert.Single(installation.Of("Microsoft.Cdn/profiles/customDomains"));
        var id = domain["id"]!.GetValue<string>();

        Assert.Equal("shop.example.com", domain["properties"]!["hostName"]!.GetValue<string>());
        Assert.Equal("ManagedCertificate", domain["properties"]!["tlsSettings"]!["certificateType"]!.GetValue<string>());
        Assert.Equal("TLS12", domain["properties"]!["tlsSettings"]!["minimumTlsVersion"]!.GetValue<string>());
        Assert.All(installation.Of("Microsoft.Cdn/profiles/afdEndpoints/routes"), route =>
            Assert.Equal([id], Ids(route["properties"]!["customDomains"])));
        // A domain that is not in the list would bypass the firewall.
        var policy = Assert.Single(installation.Of("Microsoft.Cdn/profiles/securityPolicies"));
        Assert.Contains(id, Ids(policy["properties"]!["parameters"]!["associations"]![0]!["domains"]));
        Assert.Contains("_dnsauth.", installation.Outputs["domainRecords"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_installation_without_a_domain_keeps_the_name_of_Front_Door()
    {
        var installation = Installation.Read("dev");

        Assert.Empty(installation.Of("Microsoft.Cdn/profiles/customDomains"));
        Assert.All(installation.Of("Microsoft.Cdn/profiles/afdEndpoints/routes"), route => Assert.Empty(Ids(route["properties"]!["customDomains"])));
    }

    [Fact]
    public void A_budget_warns_before_and_when_it_is_exceeded()
    {
        var budget = Assert.Single(Installation.Read("prod").Of("Microsoft.Consumption/budgets"))["properties"]!;

        Assert.Equal("Monthly", budget["timeGrain"]!.GetValue<string>());
        // Azure never allows a change of the date, so it comes from the environment and not from the current time (bicep 7149).
        var start = DateOnly.Parse(budget["timePeriod"]!["startDate"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        Assert.Equal(1, start.Day);
        Assert.DoesNotContain("utcNow", Installation.Text("modules/alerts.bicep"), StringComparison.Ordinal);
        Assert.Equal(
            ["Actual 80", "Forecasted 100"],
            budget["notifications"]!.AsObject().Select(item => $"{item.Value!["thresholdType"]} {item.Value["threshold"]}").Order(StringComparer.Ordinal));
        Assert.All(budget["notifications"]!.AsObject(), item =>
            Assert.NotEmpty(item.Value!["contactEmails"]!.AsArray().Concat(item.Value["contactRoles"]!.AsArray())));
    }

    [Theory]
    [InlineData("dev", 0)]
    [InlineData("prod", 3)]
    public void Locks_protect_the_accounts_with_data(string name, int count)
    {
        var installation = Installation.Read(name);
        var locks = installation.Of("Microsoft.Authorization/locks").ToArray();
        var accounts = installation.Of("Microsoft.Storage/storageAccounts").Concat(installation.Of("Microsoft.DocumentDB/databaseAccounts"))
            .Select(account => account["id"]!.GetValue<string>());

        Assert.Equal(count, locks.Length);
        Assert.All(locks, item => Assert.Equal("CanNotDelete", item["properties"]!["level"]!.GetValue<string>()));
        if (count > 0)
        {
            Assert.Equal(
                accounts.Order(StringComparer.Ordinal),
                locks.Select(item => item["id"]!.GetValue<string>().Split("/providers/Microsoft.Authorization/")[0]).Order(StringComparer.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_resource_that_supports_tags_names_its_installation(string name)
    {
        var untagged = Installation.Read(name).Resources
            .Where(resource => !WithoutTags.Any(prefix => resource["type"]!.GetValue<string>().StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            // The name of a child contains the name of its parent. Endpoints of Front Door and links of DNS zones are children with tags.
            .Where(resource => !resource["name"]!.GetValue<string>().Contains('/', StringComparison.Ordinal)
                || resource["type"]!.GetValue<string>() is "Microsoft.Cdn/profiles/afdEndpoints" or "Microsoft.Network/privateDnsZones/virtualNetworkLinks")
            .Where(resource => resource["tags"]?["application"] is null || resource["tags"]!["installation"] is null)
            .Select(resource => resource["id"]!.GetValue<string>());

        Assert.Empty(untagged);
    }

    [Fact]
    public void The_template_and_the_azd_project_describe_themselves()
    {
        Assert.Contains("metadata description = ", Installation.Text("main.bicep"), StringComparison.Ordinal);
        Assert.Contains("template: serverlessscale@", Installation.Text("../azure.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_person_approves_the_changes_before_the_workflow_makes_them()
    {
        var jobs = Job().Matches(Installation.Text("../.github/workflows/deploy.yml")).ToDictionary(job => job.Groups[1].Value, job => job.Value);

        Assert.Equal(["preview", "deploy"], jobs.Keys);
        Assert.Contains("az deployment group what-if", jobs["preview"], StringComparison.Ordinal);
        Assert.Contains("GITHUB_STEP_SUMMARY", jobs["preview"], StringComparison.Ordinal);
        Assert.DoesNotContain("az deployment group create", jobs["preview"], StringComparison.Ordinal);
        Assert.Contains("environment: ${{ inputs.installation }}-preview", jobs["preview"], StringComparison.Ordinal);
        // GitHub asks the reviewers of this environment before it starts the job.
        Assert.Contains("environment: ${{ inputs.installation }}\n", jobs["deploy"], StringComparison.Ordinal);
        Assert.Contains("needs: preview", jobs["deploy"], StringComparison.Ordinal);
    }

    [Fact]
    public void Azd_has_a_service_for_every_app_of_each_topology()
    {
        var services = Service().Matches(Installation.Text("../azure.yaml")).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var topologies = JsonNode.Parse(Installation.Text("capabilities.json"))!["topologies"]!;

        Assert.Equal(Apps(topologies["monolith"]), services.Where(service => service.Value == "${SHOP_MONOLITH:-true}").Select(service => service.Key));
        Assert.Equal(Apps(topologies["microservices"]), services.Where(service => service.Value == "${SHOP_MICROSERVICES}").Select(service => service.Key));
        Assert.Contains("SHOP_MICROSERVICES", Installation.Text("main.bicepparam"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Apps(JsonNode? topology) => topology!.AsArray().Select(app => app!["name"]!.GetValue<string>());

    private static IEnumerable<string> Ids(JsonNode? list) => list!.AsArray().Select(item => item!["id"]!.GetValue<string>());

    [GeneratedRegex(@"^  (preview|deploy):\n(?:(?:    .*)?\n)+", RegexOptions.Multiline)]
    private static partial Regex Job();

    [GeneratedRegex(@"^  (\w+):\n    project: src/Functions\n    language: dotnet\n    host: function\n    condition: (\S+)", RegexOptions.Multiline)]
    private static partial Regex Service();
}
