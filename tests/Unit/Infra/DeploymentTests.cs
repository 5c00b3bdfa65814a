using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Checks the compiled templates against reasons for which Azure refuses a deployment, or accepts it and then behaves differently than
/// intended. docs/operations.md ("What a deployment runs into") lists the source of each reason.
/// </summary>
public sealed partial class DeploymentTests
{
    /// <summary>
    /// The memory in MB that all Flex Consumption instances of a subscription may use in a region, unless Microsoft raises the quota.
    /// </summary>
    private const int MemoryQuota = 512_000;

    /// <summary>
    /// The types of columns from learn.microsoft.com/azure/azure-monitor/reference/tables. A union gives two columns of the same name but
    /// different types new names, and the rest of the query would not find them.
    /// </summary>
    private static readonly Dictionary<string, string[]> Tables = new()
    {
        ["AppMetrics"] = ["ItemCount: int", "Name: string", "Sum: real"],
        ["AppRequests"] = ["ItemCount: int", "ResultCode: string"],
        ["AppTraces"] = ["ItemCount: int", "Message: string", "Properties: dynamic"],
        ["StorageQueueLogs"] = ["OperationName: string", "StatusCode: string", "Uri: string"],
    };

    public static TheoryData<string> Installations => Installation.All;

    // Azure/terraform-azurerm-avm-res-web-site pull request 345 lists the properties with the error messages of Azure.
    [Theory, MemberData(nameof(Installations))]
    public void No_app_sets_a_property_that_Flex_Consumption_refuses(string name)
    {
        string[] refused =
        [
            "ftpsState", "linuxFxVersion", "windowsFxVersion", "netFrameworkVersion", "use32BitWorkerProcess", "preWarmedInstanceCount",
            "functionsRuntimeScaleMonitoringEnabled", "functionAppScaleLimit", "alwaysOn", "minimumElasticInstanceCount",
        ];

        Assert.All(Installation.Read(name).Of("Microsoft.Web/sites"), app =>
            Assert.DoesNotContain(app["properties"]!["siteConfig"]!.AsObject(), property =>
                refused.Contains(property.Key, StringComparer.OrdinalIgnoreCase)));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Alert_rules_are_accepted_by_a_workspace_without_tables(string name)
    {
        var rules = Installation.Read(name).Of("Microsoft.Insights/scheduledQueryRules").ToArray();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule =>
        {
            Assert.True(rule["properties"]!["skipQueryValidation"]!.GetValue<bool>());
            var query = rule["properties"]!["criteria"]!["allOf"]![0]!["query"]!.GetValue<string>();
            // A fuzzy union needs at least one leg that exists. The literal table always exists.
            var union = FuzzyUnion().Match(query);
            Assert.True(union.Success, query);
            Assert.Equal(Tables[union.Groups["table"].Value], union.Groups["columns"].Value.Split(", ").Order(StringComparer.Ordinal));
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void Poison_alerts_compare_the_status_as_a_string(string name) => Assert.All(
        Installation.Read(name).Of("Microsoft.Insights/scheduledQueryRules")
            .Select(rule => rule["properties"]!["criteria"]!["allOf"]![0]!["query"]!.GetValue<string>())
            .Where(query => query.Contains("-poison", StringComparison.Ordinal)),
        query =>
        {
            Assert.Contains("StatusCode == \"201\"", query, StringComparison.Ordinal);
            Assert.DoesNotContain("where ObjectKey", query, StringComparison.Ordinal);
        });

    [Theory, MemberData(nameof(Installations))]
    public void A_private_endpoint_does_not_close_the_deployment_endpoint(string name) => Assert.All(
        Installation.Read(name).Of("Microsoft.Web/sites"),
        app =>
        {
            Assert.Equal("Enabled", app["properties"]!["publicNetworkAccess"]!.GetValue<string>());
            var site = app["properties"]!["siteConfig"]!;
            Assert.Equal("Deny", site["ipSecurityRestrictionsDefaultAction"]!.GetValue<string>());
            Assert.Equal("Allow", site["scmIpSecurityRestrictionsDefaultAction"]!.GetValue<string>());
            Assert.False(site["scmIpSecurityRestrictionsUseMain"]!.GetValue<bool>());
        });

    [Fact]
    public void The_virtual_network_has_a_subnet_for_runners()
    {
        var network = Assert.Single(Installation.Read("prod").Of("Microsoft.Network/virtualNetworks"));
        var subnets = network["properties"]!["subnets"]!.AsArray()
            .ToDictionary(
                subnet => subnet!["name"]!.GetValue<string>(), subnet => subnet!["properties"]!["addressPrefix"]!.GetValue<string>());

        Assert.Equal(["apps", "endpoints", "runners"], subnets.Keys.Order());
        Assert.Equal("10.20.0.0/25", subnets["apps"]);
        Assert.Equal("10.20.0.128/26", subnets["endpoints"]);
        Assert.Equal("10.20.0.192/26", subnets["runners"]);
    }

    [Fact]
    public void A_deleted_development_vault_does_not_block_its_name()
    {
        var properties = Assert.Single(Installation.Read("dev").Of("Microsoft.KeyVault/vaults"))["properties"]!;

        Assert.Equal(7, properties["softDeleteRetentionInDays"]!.GetValue<int>());
        // Key Vault refuses the value false.
        Assert.Null(properties["enablePurgeProtection"]);
    }

    [Fact]
    public void Nobody_can_purge_the_production_vault()
    {
        var properties = Assert.Single(Installation.Read("prod").Of("Microsoft.KeyVault/vaults"))["properties"]!;

        Assert.Equal(90, properties["softDeleteRetentionInDays"]!.GetValue<int>());
        Assert.True(properties["enablePurgeProtection"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("dev", "RollingUpdate")]
    [InlineData("prod", "Recreate")]
    public void Only_development_uses_the_preview_of_rolling_updates(string name, string strategy)
    {
        Assert.All(Installation.Read(name).Of("Microsoft.Web/sites"), app =>
            Assert.Equal(strategy, app["properties"]!["functionAppConfig"]!["siteUpdateStrategy"]!["type"]!.GetValue<string>()));
        Assert.Contains($"param siteUpdate = '{strategy}'", Installation.Text($"{name}.bicepparam"), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_installations_fit_into_the_default_memory_quota()
    {
        var memory = Installation.Names
            .SelectMany(name => Installation.Read(name).Of("Microsoft.Web/sites"))
            .Select(app => app["properties"]!["functionAppConfig"]!["scaleAndConcurrency"]!)
            .Sum(scale => scale["maximumInstanceCount"]!.GetValue<int>() * scale["instanceMemoryMB"]!.GetValue<int>());

        Assert.InRange(memory, 1, MemoryQuota);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_app_sends_telemetry_with_its_own_identity(string name)
    {
        var installation = Installation.Read(name);

        Assert.All(installation.Of("Microsoft.Insights/components"), insights =>
            Assert.True(insights["properties"]!["DisableLocalAuth"]!.GetValue<bool>()));
        Assert.All(installation.AppSettings.Values, settings =>
        {
            // The worker uses the identity of AZURE_CLIENT_ID when the authentication string contains Authorization=AAD.
            Assert.Contains("Authorization=AAD", settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
            Assert.Contains(
                Expression(settings["AZURE_CLIENT_ID"]), settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_list_of_resource_providers_is_complete()
    {
        // Registered in every subscription, or never registered (resource-providers-and-types, "Azure resource providers").
        string[] always = ["Microsoft.Authorization", "Microsoft.Resources"];
        var used = Installation.Names
            .SelectMany(name => Installation.Read(name).Resources)
            .Select(resource => resource["type"]!.GetValue<string>().Split('/')[0])
            // Flex Consumption needs this provider for the subnet's delegation.
            .Append("Microsoft.App")
            .Except(always)
            .Distinct(StringComparer.OrdinalIgnoreCase);
        var documented = Namespaces().Match(File.ReadAllText(Path.Combine(Installation.Folder, "../docs/operations.md"))).Groups[1].Value
            .Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(used.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Azd_is_recent_enough_for_the_parameter_file()
    {
        var azure = Installation.Text("../azure.yaml");

        Assert.Contains("extends ", Installation.Text("main.bicepparam"), StringComparison.Ordinal);
        // azd 1.25.6 is the first version that brings Bicep 0.44.1 or later.
        var minimum = Version.Parse(MinimumAzd().Match(azure).Groups[1].Value);
        Assert.True(minimum >= new Version(1, 25, 6), minimum.ToString());
    }

    [Fact]
    public void The_workflow_signs_in_again_before_the_next_service()
    {
        var workflow = Installation.Text("../.github/workflows/deploy.yml");
        string[] expected =
        [
            "azure/login", "az deployment group what-if", "azure/login", "az deployment group create", "azure/login", "create-missing-keys.sh", "refresh-key-references.sh",
            "approve-private-links.sh", "azure/login", "config-zip",
        ];

        var order = WorkflowStep().Matches(workflow).Select(match => match.Value);

        Assert.Equal(expected, order);
    }

    [Fact]
    public void The_workflow_waits_as_long_as_Front_Door_may_need()
    {
        var workflow = Installation.Text("../.github/workflows/deploy.yml");
        var retries = Number(workflow, @"--retry (\d+)");
        var delay = Number(workflow, @"--retry-delay (\d+)");
        var limit = Number(workflow, @"timeout-minutes: (\d+)");

        Assert.InRange(retries * delay, 90 * 60, limit * 60);
    }

    private static int Number(string text, string pattern) =>
        int.Parse(Regex.Match(text, pattern).Groups[1].Value, CultureInfo.InvariantCulture);

    private static string Expression(string setting) => setting.Trim('[', ']');

    [GeneratedRegex(@"^union isfuzzy=true \(datatable\((?<columns>[^)]+)\)\[\]\), (?<table>\w+)\r?$", RegexOptions.Multiline)]
    private static partial Regex FuzzyUnion();

    [GeneratedRegex(@"for namespace in ([^;]+);")]
    private static partial Regex Namespaces();

    [GeneratedRegex(@"azd: '>= ([\d.]+)'")]
    private static partial Regex MinimumAzd();

    [GeneratedRegex(
        @"azure/login|az deployment group what-if|az deployment group create|create-missing-keys\.sh|refresh-key-references\.sh|approve-private-links\.sh|config-zip")]
    private static partial Regex WorkflowStep();
}
